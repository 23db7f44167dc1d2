/* Groups of pages by their keys, hosts or labels, each with its words, packed. Zeroed but for has_hosts,
 * there is none. Owner: whoever embeds it. Thread: one at a time. */
#pragma once

#include "counts/cell.h"
#include "counts/runs.h"
#include "counts/totals.h"
#include "engine/table.h"

struct running_group {
    char *key; /* NULL: of pages without a label */
    struct counts_cell words;
    struct counts_runs runs; /* words that are not packed yet, of one host after another; by label only */
    struct counts_totals *totals; /* likewise, by label while all pages are read; NULL: none */
    UT_hash_handle hh;
};

struct running_groups {
    struct running_group *by_key;
    struct running_group **items; /* after running_groups_sort(): by the bytes of their keys, no key first */
    size_t n, capacity;
    size_t bytes;   /* of memory, about: whoever changes a group adds what that takes */
    bool has_hosts; /* of words; else each has one */
    bool is_sorted;
};

/* The group of the key, which is made if there is none. Returns 0 or -ENOMEM. */
int running_groups_get(struct running_groups *groups, const char *key, struct running_group **ret);
void running_groups_sort(struct running_groups *groups);
/* Sorted: how many are not behind the key. */
size_t running_groups_up_to(const struct running_groups *groups, const char *key);
/* The group takes the words of the mix, and those of several hosts their numbers. Returns 0 or -ENOMEM. */
int running_groups_store(struct running_groups *groups, struct running_group *group, struct counts_mix *mix);
/* Frees some; false once there is none. */
bool running_groups_free_some(struct running_groups *groups);
