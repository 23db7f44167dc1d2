/* The compact form of one page's counts, as the store keeps it: (word id, tokens) pairs, ids ascending, each
 * as LEB128 of the difference to the id before and LEB128 of the tokens. Pure. Thread: any. */
#pragma once

#include "base/array.h"

struct counts_pair {
    uint32_t id; /* of the job's word list, ascending within a page */
    uint64_t tokens;
};

/* Sorts the pairs by id and appends their packed form. Ids must differ. Returns 0 or -ENOMEM. */
int counts_pack(struct counts_pair *pairs, size_t n, struct buffer *buffer);

/* Reads a packed form pair by pair. */
struct counts_reader {
    const uint8_t *position;
    const uint8_t *end;
    uint64_t next_id; /* the least id that may follow */
};

void counts_reader_init(struct counts_reader *reader, const void *packed, size_t size);

/* 1 and a pair, 0 at the end, -EBADMSG for bytes that no counts_pack() wrote. */
int counts_reader_next(struct counts_reader *reader, struct counts_pair *ret);

/* The next pairs, as many as have ids below `limit`; `pairs` has room as for counts_unpack(). Returns 1 if
 * there are more, and then pairs[*ret_n] is the first of them, which is still to be read; 0; or -EBADMSG. */
int counts_reader_below(
    struct counts_reader *reader, uint64_t limit, struct counts_pair *pairs, size_t *ret_n);

/* All pairs at once. A pair takes two bytes at least: `pairs` has room for size / 2 of them, and one more.
 * Returns 0 or -EBADMSG. */
int counts_unpack(const void *packed, size_t size, struct counts_pair *pairs, size_t *ret_n);
