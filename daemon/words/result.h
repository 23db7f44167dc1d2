/* The finished counts of a page, made from its table. See struct words_counts in words.h. Thread:
 * any. */
#pragma once

#include "words/table.h"
#include "words/words.h"

/* Copies what a table has, in the order in which the words came first. Returns 0 or -ENOMEM. */
int words_counts_new(const struct table *table, struct words_counts **ret);
