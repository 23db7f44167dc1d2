/* What `show` tells of a job that has ended: equal pages, settings, and a block to cite. Thread: main. */
#pragma once

#include "ctl/verb.h"
#include "wire/messages.h"

/* Tables, each with an empty line before it; what there is nothing of is left out. Returns 0 or negative
 * errno. */
int cite_print_equal(struct context *context, const struct wire_cite *cite);
int cite_print_settings(struct context *context, const struct wire_cite *cite);

/* Plain text in lines of at most CITE_WIDTH characters, so far as its words allow, for a paper. Returns 0 or
 * -ENOMEM. */
#define CITE_WIDTH 76
int cite_print_block(const struct wire_job *job);
