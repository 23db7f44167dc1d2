#include "engine/compare_list.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

/* Of a slot's seq. */
#define COUNTED (1u << 31)
#define TAKEN (1u << 30) /* it has met its page */
#define FLAGS (COUNTED | TAKEN)
static_assert(COMPARE_MAX_URLS < TAKEN, "a seq and its flags fit");

static int pages_init(struct compare_pages *pages, uint64_t total)
{
    pages->size = (size_t)(total / 8 + 1);
    pages->bits = calloc(pages->size, 1);
    return pages->bits ? 0 : -ENOMEM;
}

static void pages_add(struct compare_pages *pages, uint64_t seq)
{
    assert(seq / 8 < pages->size);
    pages->bits[seq / 8] |= (uint8_t)(1u << seq % 8);
}

int compare_list_init(struct compare_list *list, uint64_t held_total, uint64_t met_total)
{
    int r;

    *list = (struct compare_list){0};
    if (held_total > COMPARE_MAX_URLS)
        return -E2BIG;
    r = fingerprints_init(&list->keys);
    if (r < 0)
        return r;
    /* The number of URLs is known, so it need not grow: three of four slots are taken at most. */
    list->n_slots = held_total + held_total / 3 + 2;
    list->prints = calloc(list->n_slots, sizeof(*list->prints));
    list->seqs = calloc(list->n_slots, sizeof(*list->seqs));
    if (!list->prints || !list->seqs)
        r = -ENOMEM;
    if (r == 0)
        r = pages_init(&list->held, held_total);
    if (r == 0)
        r = pages_init(&list->met, met_total);
    if (r < 0)
        compare_list_deinit(list);
    return r;
}

void compare_list_deinit(struct compare_list *list)
{
    fingerprints_deinit(&list->keys);
    free(list->prints);
    free(list->seqs);
    free(list->held.bits);
    free(list->met.bits);
    *list = (struct compare_list){0};
}

/* The URL's slot, or the free one that it would take. */
static size_t find(const struct compare_list *list, const char *url, struct store_print *ret_print)
{
    struct store_print print = fingerprints_of(&list->keys, url);
    size_t slot = (size_t)((print.high & UINT32_MAX) * list->n_slots >> 32);

    while (list->seqs[slot] && (list->prints[slot].low != print.low || list->prints[slot].high != print.high))
        slot = slot + 1 < list->n_slots ? slot + 1 : 0;
    *ret_print = print;
    return slot;
}

void compare_list_hold(struct compare_list *list, const char *url, uint64_t seq, bool counted)
{
    struct store_print print;
    size_t slot = find(list, url, &print);

    assert(seq > 0 && seq < TAKEN);
    if (list->seqs[slot] & COUNTED)
        return;
    list->prints[slot] = print;
    list->seqs[slot] = (uint32_t)seq | (counted ? COUNTED : 0);
}

void compare_list_meet(struct compare_list *list, const char *url, uint64_t seq, bool counted)
{
    struct store_print print;
    size_t slot = find(list, url, &print);

    if (list->seqs[slot] == 0)
        return;
    list->overlaps = true;
    if (!counted || (list->seqs[slot] & FLAGS) != COUNTED)
        return;
    list->seqs[slot] |= TAKEN;
    list->n_both++;
    pages_add(&list->held, list->seqs[slot] & ~FLAGS);
    pages_add(&list->met, seq);
}
