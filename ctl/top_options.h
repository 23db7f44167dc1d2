/* What `top` was asked, as a call. Owner: whoever embeds it. Thread: main. */
#pragma once

#include "ctl/filter_options.h"
#include "ctl/top.h"

struct top_options {
    struct filter_options filter;
    double max_pages; /* per cent; 0: none */
    size_t per, by;
    uint64_t k;
};

void top_options_deinit(struct top_options *options);

/* From the command line; `in` borrows from the options. Returns 0, or an exit status with the reason said, or
 * -ENOMEM. */
int top_options_parse(struct context *context, struct top_options *options, struct wire_top_in *in);
