/* What totals.c, totals_hosts.c and totals_pack.c share. */
#pragma once

#include "counts/pack.h"
#include "counts/totals.h"
#include <stdbool.h>

/* Packed, as there may be one for each word of each label. */
struct total {
    struct counts_sum sum;
    uint32_t last_host; /* of the last page with the word; 0 if none */
} __attribute__((packed, aligned(4)));

_Static_assert(sizeof(struct total) == COUNTS_TOTALS_WORD_BYTES, "as the header says");

struct counts_totals {
    struct total *totals; /* by id */
    uint32_t n_ids;
    size_t max_ids;
    struct counts_pair *pairs; /* of the page that is added */
    size_t max_pairs;
    uint32_t *ids; /* of these, as many: those that may be new to their host */
    uint8_t *is_new;
    size_t max_new;
    struct gathered {
        uint32_t *ids; /* met on the host so far, ascending page by page */
        size_t n, max;
        uint64_t *bits; /* to sort them; all zero between two uses */
        size_t n_bits;  /* of words of it */
        bool is_sorted, is_wanted;
    } gathered;
    uint32_t host; /* a number for the current host, from 1 */
    uint64_t pages;
    uint64_t tokens;
    uint64_t distinct;
};

/* Room for the id, and n_ids beyond it. Returns 0, -ENOMEM or -EBADMSG. */
int counts_totals_take_id(struct counts_totals *totals, uint32_t id);
/* Room for ids below n. Returns 0 or -ENOMEM. */
int counts_totals_reserve_ids(struct counts_totals *totals, uint64_t n);
