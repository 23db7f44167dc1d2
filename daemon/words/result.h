/* The finished counts of a page, made from its table. See struct words_counts in words.h. Thread:
 * any. */
#pragma once

#include "words/table.h"
#include "words/words.h"

/* Copies and sorts what a flushed table has. Returns 0 or -ENOMEM. */
int words_counts_new(const struct table *table, struct words_counts **ret);
