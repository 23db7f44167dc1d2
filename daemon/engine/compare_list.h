/* Which URLs two lists have in common, and which of these were counted in both. The first list is held, as
 * fingerprints, while the second one comes by. Of a URL that is in a list more than once one page counts.
 * Owner: whoever embeds it. Thread: one at a time. */
#pragma once

#include "engine/submission_sets.h"

/* Of the list that is held. */
#define COMPARE_MAX_URLS 8000000

/* A set of pages: a bit for each seq, as struct query_options has it. */
struct compare_pages {
    uint8_t *bits;
    size_t size; /* bytes */
};

struct compare_list {
    struct fingerprints keys; /* for its seed */
    struct store_print *prints;
    uint32_t *seqs; /* with flags; 0: the slot is free */
    size_t n_slots;
    bool overlaps;                  /* a URL is in both */
    uint64_t n_both;                /* pages that were counted in both */
    struct compare_pages held, met; /* these pages, of the first list and of the second one */
};

/* Room for so many URLs in the first list, and for seqs up to these. Returns 0; -E2BIG beyond
 * COMPARE_MAX_URLS; -ENOMEM; -EIO. */
int compare_list_init(struct compare_list *list, uint64_t held_total, uint64_t met_total);
void compare_list_deinit(struct compare_list *list);

/* A URL of the first list. */
void compare_list_hold(struct compare_list *list, const char *url, uint64_t seq, bool counted);
/* A URL of the second one. */
void compare_list_meet(struct compare_list *list, const char *url, uint64_t seq, bool counted);
