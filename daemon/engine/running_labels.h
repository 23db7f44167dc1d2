/* The words of each label of a job, of the pages that were added so far, in any order, each page once however
 * often it is added; quickest where pages of one host come one after another. For each host and label it has
 * the ids of its words, so that hosts are counted exactly. Zeroed, it is empty. Owner: whoever embeds it.
 * Thread: one at a time. */
#pragma once

#include "base/array.h"
#include "counts/id_set.h"
#include "engine/running_groups.h"
#include "engine/running_label_hosts.h"
#include "store/store_read.h"

struct running_labels {
    struct running_groups groups;
    struct counts_id_set seqs; /* of the pages */
    struct counts_mix *mix;
    struct running_label_hosts hosts;
    bool is_made;            /* all pages were read once */
    size_t min_words;        /* each less in tests; 0: as running_labels.c says */
    size_t max_totals_bytes; /* of arrays while all pages are read */
    size_t max_waiting_bytes;
    /* Pages that wait for others of their labels and hosts. */
    struct running_waiting {
        struct running_group *label;
        struct running_label_host *host;
        size_t at, size; /* in `bytes` */
    } * waiting;
    size_t n_waiting, waiting_capacity;
    struct buffer bytes;
};

/* Returns 0; or -E2BIG with more than QUERY_MAX_LABELS labels, -ENOMEM, -EUCLEAN, and then
 * it is only to be freed. */
int running_labels_add(struct running_labels *labels, const struct store_page_row *row);
/* After some pages: the groups have all of them. As running_labels_add(). */
int running_labels_settle(struct running_labels *labels);
/* Of memory, about. */
size_t running_labels_bytes(const struct running_labels *labels);
/* Frees some of it; false once it is empty. */
bool running_labels_free_some(struct running_labels *labels);
