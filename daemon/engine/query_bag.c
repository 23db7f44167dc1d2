#include "engine/query_bag.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#define FIRST_SLOTS 64

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

void query_bag_init(struct query_bag *bag, size_t n)
{
    *bag = (struct query_bag){.n_numbers = n};
}

/* The same with so many slots, which are enough. */
static int grow(struct query_bag *bag, size_t n_slots, bool is_array)
{
    struct query_bag grown = *bag;

    grown.n_slots = n_slots;
    grown.is_array = is_array;
    grown.slots = calloc(n_slots, sizeof(*grown.slots));
    if (!grown.slots)
        return -ENOMEM;
    for (size_t i = 0; i < bag->n_slots; i++) {
        uint32_t word = bag->slots[i].word_plus_one - 1;

        if (bag->slots[i].word_plus_one)
            *(is_array ? &grown.slots[word] : find(&grown, word)) = bag->slots[i];
    }
    free(bag->slots);
    *bag = grown;
    return 0;
}

int query_bag_reserve(struct query_bag *bag, size_t n_words)
{
    size_t n_slots = bag->n_slots > 0 ? bag->n_slots : FIRST_SLOTS;

    if (bag->is_array)
        return 0;
    if (n_words > SIZE_MAX / 4 / sizeof(*bag->slots))
        return -ENOMEM;
    while (n_words > n_slots / 2)
        n_slots *= 2;
    if (n_slots == bag->n_slots)
        return 0;
    if (n_slots >= bag->n_numbers && bag->n_numbers > 0)
        return grow(bag, bag->n_numbers, true);
    return grow(bag, n_slots, false);
}

size_t query_bag_bytes(const struct query_bag *bag)
{
    return bag->n_slots * sizeof(*bag->slots);
}

void query_bag_near(const struct query_bag *bag, uint32_t word)
{
    __builtin_prefetch(&bag->slots[bag->is_array ? word : slot_of(bag, word)], 1);
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
