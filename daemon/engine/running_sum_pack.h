/* A running_sum at rest, as one string of bytes: all that is needed to go on adding pages exactly. Pure.
 * Thread: the sum's.
 *
 * A version; the packed totals behind their size; the set of seqs; the number of hosts and of each, in the
 * order in which they came, its key behind its size and the set of its words; all of it as LEB128, then 8
 * bytes, XXH3 of what is before them, least significant first. */
#pragma once

#include "base/array.h"
#include "engine/running_sum.h"

/* What is larger is not packed: its pages are read again. */
#define RUNNING_SUM_MAX_PACKED ((size_t)64 << 20)

/* Into an empty buffer. 0; -E2BIG, and the sum is as it was; -ENOMEM, and then it is
 * only to be freed. */
int running_sum_pack(struct running_sum *sum, struct buffer *buffer);

/* What the job has at most. */
struct running_sum_limits {
    uint64_t n_urls;  /* seqs go up to it */
    uint64_t n_words; /* ids are below it */
};

/* Into one that is empty, without totals even, but for max_bytes. 0; -EBADMSG for bytes that no
 * running_sum_pack() of such a job gave; -E2BIG beyond max_bytes; -ENOMEM. After an error it is empty. */
int running_sum_unpack(
    struct running_sum *sum, const void *packed, size_t size, const struct running_sum_limits *limits);
