/* The seqs of a queue row at rest: LEB128 of the difference to the one before, the first to 0. Thread: any.
 */
#pragma once

#include "base/array.h"

/* Appends `seq` behind `*last`, which is smaller. Returns 0 or -ENOMEM. */
int seqs_append(struct buffer *buffer, uint64_t *last, uint64_t seq);

struct seqs_reader {
    const uint8_t *position;
    const uint8_t *end;
    uint64_t last;
};

/* 1 and a seq, 0 at the end, -EUCLEAN for bytes that no seqs_append() wrote. */
int seqs_next(struct seqs_reader *reader, uint64_t *ret);
