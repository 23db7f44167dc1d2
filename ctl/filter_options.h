/* Which words are wanted, as several verbs take it: --min-length, --no-numbers, --match and --stop-words.
 * Owner: whoever embeds it. Thread: main. */
#pragma once

#include "ctl/stop_words.h"
#include "wire/word_filter.h"

struct filter_options {
    struct wire_word_filter words; /* as a call has them; borrows from what follows */
    const char **match;
    const char **stop_lists;
    size_t n_stop_lists;
    struct stop_words stop_words; /* of these lists */
};

void filter_options_deinit(struct filter_options *options);

/* From the command line; lists of stop words are read. Returns 0, or an exit status with the reason said, or
 * -ENOMEM. */
int filter_options_parse(struct context *context, struct filter_options *options);
