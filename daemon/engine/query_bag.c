#include "engine/query_bag.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

/* Frequent words have low numbers, which lie close together: their multiples spread. */
static size_t slot_of(const struct query_bag *bag, uint32_t word)
{
    return (size_t)((word * UINT64_C(0x9e3779b97f4a7c15)) >> 32) & (bag->n_slots - 1);
}

static struct query_count *find(const struct query_bag *bag, uint32_t word)
{
    size_t slot = slot_of(bag, word);

    while (bag->slots[slot].word_plus_one && bag->slots[slot].word_plus_one != word + 1)
        slot = (slot + 1) & (bag->n_slots - 1);
    return &bag->slots[slot];
}

int query_bag_init_array(struct query_bag *bag, size_t n)
{
    struct query_count *slots = calloc(n + 1, sizeof(*slots));

    if (!slots)
        return -ENOMEM;
    *bag = (struct query_bag){.slots = slots, .n_slots = n, .is_array = true};
    return 0;
}

int query_bag_reserve(struct query_bag *bag, size_t n_words)
{
    struct query_bag grown = *bag;

    if (bag->is_array)
        return 0;
    if (n_words > SIZE_MAX / 4 / sizeof(*bag->slots))
        return -ENOMEM;
    if (grown.n_slots == 0)
        grown.n_slots = 64;
    while (n_words > grown.n_slots / 2)
        grown.n_slots *= 2;
    if (grown.n_slots == bag->n_slots)
        return 0;
    grown.slots = calloc(grown.n_slots, sizeof(*grown.slots));
    if (!grown.slots)
        return -ENOMEM;
    for (size_t i = 0; i < bag->n_slots; i++)
        if (bag->slots[i].word_plus_one)
            *find(&grown, bag->slots[i].word_plus_one - 1) = bag->slots[i];
    free(bag->slots);
    *bag = grown;
    return 0;
}

void query_bag_deinit(struct query_bag *bag)
{
    free(bag->slots);
    *bag = (struct query_bag){0};
}

struct query_count *query_bag_at(struct query_bag *bag, uint32_t word)
{
    struct query_count *count = bag->is_array ? &bag->slots[word] : find(bag, word);

    if (count->word_plus_one)
        return count;
    assert(bag->is_array ? word < bag->n_slots : bag->n < bag->n_slots / 2);
    count->word_plus_one = word + 1;
    bag->n++;
    return count;
}
