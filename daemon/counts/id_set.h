/* A set of numbers that only grows, of word ids or seqs: few ones as differences, about 1.3 bytes each; many
 * ones in blocks, each a short list or a bitmap, whichever is smaller. Zeroed but for is_compact, it is
 * empty. Owner: whoever embeds it. Thread: one at a time. */
#pragma once

#include "base/array.h"
#include <stdbool.h>

struct counts_id_set {
    uint8_t *packed; /* ascending, LEB128 of the difference to the one before; NULL once there are blocks */
    size_t packed_size;
    struct counts_id_block *blocks;
    size_t n_blocks;
    size_t bytes;    /* of memory, about */
    bool is_compact; /* set at first: differences, however many; smaller, and slower to add to */
};

void counts_id_set_deinit(struct counts_id_set *set);

/* Adds ids, which ascend and differ: ret_new[i] tells whether ids[i] was not there before, by 1 or 0. Returns
 * 0; or -ENOMEM, and then some are there and some are not: only _deinit is left. */
int counts_id_set_add(struct counts_id_set *set, const uint32_t *ids, size_t n, uint8_t *ret_new);

/* The same for an empty set, quicker. */
int counts_id_set_fill(struct counts_id_set *set, const uint32_t *ids, size_t n);

/* ---- id_set_read.c ---- */

/* At most so many ids are read at once. */
#define COUNTS_ID_SET_STEP 4096

/* The next ids from `from` on, ascending, into `ids`, which has room for COUNTS_ID_SET_STEP. Returns how
 * many; 0: there are no more. */
size_t counts_id_set_read(const struct counts_id_set *set, uint64_t from, uint32_t *ids);
size_t counts_id_set_size(const struct counts_id_set *set);
/* The lowest number from `from` on that is not there. */
uint64_t counts_id_set_missing(const struct counts_id_set *set, uint64_t from);

/* Its form at rest: how many there are, then the difference of each to the one before, as LEB128; 0 stands
 * for a run of consecutive ones, and its length follows. Appends; 0 or -ENOMEM. */
int counts_id_set_pack(const struct counts_id_set *set, struct buffer *buffer);
/* Into an empty set, from *position on, which moves behind it. -EBADMSG for other bytes, and for ids beyond
 * max_id; -ENOMEM. After an error only _deinit is left. */
int counts_id_set_unpack(
    const uint8_t **position, const uint8_t *end, uint32_t max_id, struct counts_id_set *set, size_t *ret_n);
