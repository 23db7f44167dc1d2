#include "counts/id_set_blocks.h"
#include "counts/leb128.h"

#include <assert.h>

static_assert(COUNTS_ID_SET_STEP >= BLOCK_IDS, "a block at once");

static size_t read_packed(const struct counts_id_set *set, uint64_t from, uint32_t *ids)
{
    const uint8_t *at = set->packed, *end = at + set->packed_size;
    uint64_t difference;
    uint32_t id = 0;
    size_t n = 0;

    while (n < COUNTS_ID_SET_STEP && at != end && leb128_get(&at, end, &difference) == 0) {
        id += (uint32_t)difference;
        if (id >= from)
            ids[n++] = id;
    }
    return n;
}

static size_t read_block(const struct counts_id_block *block, uint64_t first, uint64_t from, uint32_t *ids)
{
    size_t n = 0;

    if (!block->is_bitmap) {
        for (size_t i = 0; i < block->n; i++)
            if (first + block->list[i] >= from)
                ids[n++] = (uint32_t)(first + block->list[i]);
        return n;
    }
    for (size_t i = 0; i < BLOCK_IDS / WORD_BITS; i++)
        for (uint64_t bits = block->bits[i]; bits; bits &= bits - 1) {
            uint64_t id = first + i * WORD_BITS + (uint64_t)__builtin_ctzll(bits);

            if (id >= from)
                ids[n++] = (uint32_t)id;
        }
    return n;
}

size_t counts_id_set_read(const struct counts_id_set *set, uint64_t from, uint32_t *ids)
{
    size_t n = 0;

    if (set->packed)
        return read_packed(set, from, ids);
    for (uint64_t i = from / BLOCK_IDS; n == 0 && i < set->n_blocks; i++)
        n = read_block(&set->blocks[i], i * BLOCK_IDS, from, ids);
    return n;
}

static size_t block_size(const struct counts_id_block *block)
{
    size_t n = 0;

    if (!block->is_bitmap)
        return block->n;
    for (size_t i = 0; i < BLOCK_IDS / WORD_BITS; i++)
        n += (size_t)__builtin_popcountll(block->bits[i]);
    return n;
}

size_t counts_id_set_size(const struct counts_id_set *set)
{
    size_t n = 0;

    /* The last byte of each has no such bit. */
    for (size_t i = 0; i < set->packed_size; i++)
        n += !(set->packed[i] & 0x80);
    for (size_t i = 0; i < set->n_blocks; i++)
        n += block_size(&set->blocks[i]);
    return n;
}

static uint64_t missing_of_packed(const struct counts_id_set *set, uint64_t from)
{
    const uint8_t *at = set->packed, *end = at + set->packed_size;
    uint64_t difference;
    uint64_t id = 0;

    while (at != end && leb128_get(&at, end, &difference) == 0) {
        id += difference;
        if (id > from)
            break;
        from += id == from;
    }
    return from;
}

/* The lowest one from `from` on that the block has not; its end if it has all of them. */
static uint32_t missing_of_block(const struct counts_id_block *block, uint32_t from)
{
    if (!block->is_bitmap) {
        for (size_t i = 0; i < block->n && block->list[i] <= from; i++)
            from += block->list[i] == from;
        return from;
    }
    for (; from < BLOCK_IDS; from = (from / WORD_BITS + 1) * WORD_BITS) {
        uint64_t missing = ~block->bits[from / WORD_BITS] & UINT64_MAX << from % WORD_BITS;

        if (missing)
            return from / WORD_BITS * WORD_BITS + (uint32_t)__builtin_ctzll(missing);
    }
    return from;
}

uint64_t counts_id_set_missing(const struct counts_id_set *set, uint64_t from)
{
    uint64_t i;

    if (set->packed)
        return missing_of_packed(set, from);
    while ((i = from / BLOCK_IDS) < set->n_blocks) {
        uint32_t missing = missing_of_block(&set->blocks[i], from % BLOCK_IDS);

        from = i * BLOCK_IDS + missing;
        if (missing < BLOCK_IDS)
            break;
    }
    return from;
}
