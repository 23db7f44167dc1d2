/* A set of numbers that only grows, of word ids or seqs: few ones as differences, about 1.3 bytes each; many
 * ones in blocks, each a short list or a bitmap, whichever is smaller. Zeroed, it is empty. Owner: whoever
 * embeds it. Thread: one at a time. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct counts_id_set {
    uint8_t *packed; /* ascending, LEB128 of the difference to the one before; NULL once there are blocks */
    size_t packed_size;
    struct counts_id_block *blocks;
    size_t n_blocks;
    size_t bytes; /* of memory, about */
};

void counts_id_set_deinit(struct counts_id_set *set);

/* Adds ids, which ascend and differ: ret_new[i] tells whether ids[i] was not there before, by 1 or 0. Returns
 * 0; or -ENOMEM, and then some are there and some are not: only _deinit is left. */
int counts_id_set_add(struct counts_id_set *set, const uint32_t *ids, size_t n, uint8_t *ret_new);

/* The same for an empty set, quicker. */
int counts_id_set_fill(struct counts_id_set *set, const uint32_t *ids, size_t n);
