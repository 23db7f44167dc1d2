/* The words that others are held against: those of a job, or a list in a file. Owner: whoever embeds it.
 * Thread: main. */
#pragma once

#include "counts/merge.h"
#include "ctl/verb.h"

struct reference {
    struct counts_merge *words; /* by key, with their tokens */
};

void reference_deinit(struct reference *reference);

/* `source` is a file if there is one of that name or it has a slash, else a JOB.
 *
 * A file has a word and how often it was counted on each line, with tabs between them, or commas, or spaces;
 * a heading that names its columns may come first ("word", and "tokens", "count", "frequency" or the like).
 * Without one, the first column that is no whole number is the word, and the first that is is its count.
 * Words become keys as those of pages do; what occurs several times is added up. Bad lines are told of, and
 * skipped. Returns 0, or an exit status with the reason said, or -ENOMEM. */
int reference_read(struct context *context, const char *source, struct reference *ret);
