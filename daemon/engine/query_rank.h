/* Rankings of what a query gathered, words as numbers turned into text. Thread: one at a time. */
#pragma once

#include "counts/cell.h"
#include "counts/totals.h"
#include "engine/query.h"
#include "engine/query_bag.h"
#include "engine/query_words.h"

/* Each gives a finished ranking, which borrows from `words`. They return 0; -ENOMEM; -EUCLEAN for damaged
 * bytes. */
int query_rank_bag(struct query_words *words, const struct query_options *options,
    const struct query_bag *bag, struct counts_ranking **ret);
/* A group of one job's pages. */
int query_rank_cell(struct query_words *words, const struct query_options *options,
    const struct counts_cell *cell, struct counts_ranking **ret);
/* The page that query_words_read() read last. */
int query_rank_page(
    struct query_words *words, const struct query_options *options, struct counts_ranking **ret);
/* Of a whole job; its numbers go to *ret_group too. */
int query_rank_totals(struct query_words *words, const struct query_options *options,
    const struct counts_totals *totals, struct query_group *ret_group);
/* A finished job's totals row. */
int query_rank_packed(struct query_words *words, const struct query_options *options, const void *packed,
    size_t size, struct query_group *ret_group);
