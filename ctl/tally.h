/* The words of many local files together, counted by as many threads as there are processors to run on. Each
 * has an engine and sums of its own, which are added up at the end: so the result does not depend on how many
 * there are, nor on which file came to which. Thread: main. */
#pragma once

#include "counts/merge.h"
#include "ctl/meter.h"
#include "words/words.h"

/* More are not started. */
#define TALLY_MAX_THREADS 64

struct tally_file {
    char *reason; /* why it could not be read, "No such file or directory"; NULL if it was counted */
    bool binary;  /* it was counted, and does not look like text */
};

struct tally {
    struct counts_merge *merge;
    int64_t files, bytes; /* that were counted; unpacked */
    struct tally_file *results;
    size_t n_results; /* of each file, in their order */
};

/* Files that cannot be read do not count, not even in part. Returns 0 or -ENOMEM; in both cases *ret is to be
 * deinitialised. */
int tally_init(struct tally *ret, const struct words_options *options, char *const *files, size_t n,
    struct meter *meter);
void tally_deinit(struct tally *tally);
