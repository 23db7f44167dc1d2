/* The most used words: the top k of candidates, in one order everywhere: by the chosen number, descending,
 * then by the word's code points, ascending. Selection is O(n log k) and holds k entries. Thread: one at a
 * time. */
#pragma once

#include "base/array.h"
#include <stdbool.h>

enum counts_by {
    COUNTS_BY_TOKENS,
    COUNTS_BY_PAGES,
    COUNTS_BY_HOSTS,
    COUNTS_BY_WORD, /* by code points alone, for what is to be merged */
};

struct counts_entry {
    const char *word; /* UTF-8, not terminated; borrowed until the ranking is freed */
    uint32_t length;
    uint64_t tokens;
    uint64_t pages;
    uint64_t hosts;
};

struct counts_ranking;

/* `k` entries are kept; 0 keeps all. */
int counts_ranking_new(uint64_t k, enum counts_by by, struct counts_ranking **ret);
void counts_ranking_free(struct counts_ranking *ranking);

/* Whether an entry of these numbers may be kept, for callers to whom its word is dear: false is certain,
 * whatever the word, and adding it would change nothing. Reads no word. */
bool counts_ranking_may_take(const struct counts_ranking *ranking, const struct counts_entry *entry);
/* An entry whose chosen number is below this one is certainly not kept. Grows as entries are added. */
uint64_t counts_ranking_least(const struct counts_ranking *ranking);
/* Returns 0 or -ENOMEM. Each word is added once. */
int counts_ranking_add(struct counts_ranking *ranking, const struct counts_entry *entry);

/* Sorts what was kept; nothing can be added after it. */
void counts_ranking_finish(struct counts_ranking *ranking);
/* Of memory, about. */
size_t counts_ranking_bytes(const struct counts_ranking *ranking);
size_t counts_ranking_size(const struct counts_ranking *ranking);
const struct counts_entry *counts_ranking_get(const struct counts_ranking *ranking, size_t index);

/* Which words take part. */
struct counts_filter {
    uint32_t min_length; /* code points; 0 for any */
    bool no_numbers;     /* leaves out words without a letter */
    const char *const
        *matches;     /* globs of keys (* ? and [sets], over code points); a word passes if one matches */
    size_t n_matches; /* 0: no matching */
    const char *const *excluded; /* keys that take no part, sorted by strcmp() */
    size_t n_excluded;
};
/* Whether every word passes. */
bool counts_filter_is_empty(const struct counts_filter *filter);
bool counts_filter_passes(const struct counts_filter *filter, const char *word, uint32_t length);
