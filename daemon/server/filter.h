/* Which words a caller wants, as the counts have it. Thread: main. */
#pragma once

#include "counts/rank.h"
#include "server/work.h"
#include "wire/word_filter.h"

/* Into the work's arena, spelled as the words are. 0; -EINVAL, with the call refused; -ENOMEM. */
int filter_take(struct work *work, const struct wire_word_filter *in, struct counts_filter *ret);
