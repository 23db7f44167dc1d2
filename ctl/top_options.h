/* What `top` was asked, as a call. Owner: whoever embeds it. Thread: main. */
#pragma once

#include "ctl/stop_words.h"
#include "ctl/top.h"

struct top_options {
    const char **match, **stop_lists;
    size_t n_match, n_stop_lists;
    struct stop_words stop_words;
    double max_pages; /* per cent; 0: none */
    size_t per, by;
    uint64_t k, min_length;
};

void top_options_deinit(struct top_options *options);

/* From the command line; `in` borrows from the options. Returns 0, or an exit status with the reason said, or
 * -ENOMEM. */
int top_options_parse(struct context *context, struct top_options *options, struct wire_top_in *in);
