/* Totals by spelling, for what has no common word ids: several jobs, or local files. Thread: one at a time.
 */
#pragma once

#include "counts/rank.h"
#include "counts/totals.h"
#include "words/words.h"

struct counts_merge;

int counts_merge_new(struct counts_merge **ret);
void counts_merge_free(struct counts_merge *merge);

/* Adds `sum` to what the word has. The word is copied. Returns 0 or -ENOMEM. */
int counts_merge_add(
    struct counts_merge *merge, const char *word, uint32_t length, const struct counts_sum *sum);

/* Adds a whole page, as one page of one host of its own. */
int counts_merge_add_page(struct counts_merge *merge, const struct words_counts *counts);

/* Adds all that the other one has. */
int counts_merge_add_merge(struct counts_merge *merge, const struct counts_merge *other);

/* All zero if the word is not there. */
struct counts_sum counts_merge_get(const struct counts_merge *merge, const char *word, uint32_t length);

uint64_t counts_merge_tokens(const struct counts_merge *merge);
uint64_t counts_merge_distinct(const struct counts_merge *merge);

/* Adds each word that passes to the ranking, which borrows from `merge`. */
int counts_merge_rank(
    const struct counts_merge *merge, const struct counts_filter *filter, struct counts_ranking *ranking);
