/* Files of counts become one, read side by side, so that memory is that of a few pages of each. The order in
 * which they are named makes no difference, nor does it which of them were gathered before. Thread: main. */
#pragma once

#include "ctl/counts_input.h"
#include "ctl/output_file.h"

/* A page that more than one of them has: */
enum gather_same {
    GATHER_REFUSE,
    GATHER_LATEST, /* the one that was fetched last; of these, the one whose lines are last by code points */
};

struct gather_options {
    enum gather_same same;
    bool any_settings; /* those of all files stand in the head, also where they differ */
};

/* Writes the file to `output`, which the caller closes if this returns 0. Their engines must be the same, and
 * whether they have times, and, unless told otherwise, their settings; their names become the file's. With
 * `head` all is as it says, and they are not looked at. *ret_totals: of what was written. Returns 0, an exit
 * status with the reason said, or -ENOMEM. */
int gather(const struct context *context, struct counts_input **inputs, size_t n,
    const struct gather_options *options, const struct counts_file_head *head, struct output_file *output,
    struct counts_file_totals *ret_totals);

/* What was written, as a note: "1 URL, 1 counted, 1,234 words". */
void gather_say_totals(const struct context *context, const struct counts_file_totals *totals);

/* What is wrong with a file, as a failure: "FILE:LINE: reason". Returns EXIT_REFUSED. */
int gather_refuse(
    const struct context *context, const struct counts_input *input, const struct counts_input_item *item);
