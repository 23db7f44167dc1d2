/* The words of the pages of one job that were added so far, in any order, each page once however often it is
 * added. Zeroed but for `totals`, it is empty. Owner: whoever embeds it. Thread: one at a time. */
#pragma once

#include "counts/id_set.h"
#include "counts/totals.h"
#include "store/store_read.h"
#include <stdbool.h>

struct running_host;

struct running_sum {
    struct counts_totals *totals; /* made by the owner, before the first page */
    struct counts_id_set seqs;    /* of the pages */
    struct running_host *hosts;
    struct running_host *last;   /* of the last page */
    struct running_host *filled; /* its pages come one after another, and its words are put together then */
    size_t hosts_bytes;
    size_t max_bytes;
};

/* Frees some of it; false once it is empty. */
bool running_sum_free_some(struct running_sum *sum);

/* For store_scan_pages: `sum` is one. Returns 0; or -E2BIG beyond max_bytes, -ENOMEM, -EUCLEAN, and then it
 * is only to be freed. */
int running_sum_add(void *sum, const struct store_page_row *row);
/* Of memory, about. */
size_t running_sum_bytes(const struct running_sum *sum);
