/* A page of another job on its way into this one. Thread: the writer. */
#pragma once

#include "base/arena.h"
#include "store/store_change.h"
#include "store/writer.h"

/* What the writer keeps of it while it is copied. */
struct reused {
    struct arena arena; /* what `outcome` points to */
    struct store_outcome outcome;
    uint64_t counted_from_usec;
    const void *packed; /* in the source's word ids */
    size_t packed_size;
};
void reused_deinit(struct reused *reused);

/* Reads the page that the outcome names and makes of both what is to be written. 1; 0 if it is not there any
 * more; negative errno. */
int reused_load(struct reused *reused, struct writer *writer, const struct store_outcome *outcome);

/* The page's words as pairs of the job's own ids, in writer->pairs. */
int reused_number_words(const struct reused *reused, struct writer *writer, struct job *job);
