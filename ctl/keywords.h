/* Words that are used more often than in a reference, for `top --vs`. Thread: main. */
#pragma once

#include "ctl/top.h"

/* Asks for `in`, whose k and by do not count, and prints the `k` words of each list (0: all) by falling
 * log-likelihood. Returns an exit status or negative errno. */
int keywords_print(struct context *context, const struct wire_top_in *in, enum top_kind kind, uint64_t k,
    const char *reference);
