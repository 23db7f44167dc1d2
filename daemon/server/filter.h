/* Which words a caller wants, as the counts have it. Thread: main. */
#pragma once

#include "counts/rank.h"
#include "server/work.h"

/* What was typed, of a call's parameters. */
struct filter_in {
    struct wire_int min_length;
    struct wire_bool no_numbers;
    const char *const *match;
    size_t n_match;
    const char *const *stop_words;
    size_t n_stop_words;
};

/* Into the work's arena, spelled as the words are. 0; -EINVAL, with the call refused; -ENOMEM. */
int filter_take(struct work *work, const struct filter_in *in, struct counts_filter *ret);
