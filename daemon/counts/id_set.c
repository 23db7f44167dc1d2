#include "counts/id_set.h"

#include "base/cleanup.h"
#include "counts/id_set_blocks.h"
#include "counts/leb128.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Differences are decoded and written anew with each addition, so they are few. */
#define MAX_PACKED 2048
/* A list of so many takes as much as the bitmap. */
#define MAX_LISTED (BLOCK_IDS / 16)
#define FIRST_LISTED 8
/* What malloc() takes beyond what was asked for, about. */
#define ALLOCATION_BYTES 16

void counts_id_set_deinit(struct counts_id_set *set)
{
    for (size_t i = 0; i < set->n_blocks; i++)
        free(set->blocks[i].list);
    free(set->blocks);
    free(set->packed);
    *set = (struct counts_id_set){0};
}

/* ---- blocks ---- */

static int make_bitmap(struct counts_id_set *set, struct counts_id_block *block)
{
    uint64_t *bits = calloc(BLOCK_IDS / WORD_BITS, sizeof(*bits));

    if (!bits)
        return -ENOMEM;
    for (size_t i = 0; i < block->n; i++)
        bits[block->list[i] / WORD_BITS] |= UINT64_C(1) << block->list[i] % WORD_BITS;
    free(block->list);
    set->bytes += BLOCK_IDS / 8 - block->capacity * sizeof(*block->list);
    block->bits = bits;
    block->is_bitmap = true;
    return 0;
}

static int grow_list(struct counts_id_set *set, struct counts_id_block *block)
{
    uint16_t wanted = block->capacity > 0 ? (uint16_t)(2 * block->capacity) : FIRST_LISTED;
    uint16_t *list = reallocarray(block->list, wanted, sizeof(*list));

    if (!list)
        return -ENOMEM;
    set->bytes += (wanted - (size_t)block->capacity) * sizeof(*list);
    if (block->capacity == 0)
        set->bytes += ALLOCATION_BYTES;
    block->list = list;
    block->capacity = wanted;
    return 0;
}

/* Where the list has the id, or would. */
static size_t place_of(const struct counts_id_block *block, uint16_t id)
{
    size_t low = 0, high = block->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (block->list[middle] < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* 1 if it is new. */
static int add_bit(struct counts_id_block *block, uint16_t id)
{
    uint64_t bit = UINT64_C(1) << id % WORD_BITS;
    bool is_new = !(block->bits[id / WORD_BITS] & bit);

    block->bits[id / WORD_BITS] |= bit;
    return is_new;
}

/* 1 if it is new. */
static int add_to_block(struct counts_id_set *set, struct counts_id_block *block, uint16_t id)
{
    size_t place;
    int r = 0;

    if (block->is_bitmap)
        return add_bit(block, id);
    place = place_of(block, id);
    if (place < block->n && block->list[place] == id)
        return 0;
    if (block->n == MAX_LISTED) {
        r = make_bitmap(set, block);
        return r < 0 ? r : add_bit(block, id);
    }
    if (block->n == block->capacity)
        r = grow_list(set, block);
    if (r < 0)
        return r;
    memmove(&block->list[place + 1], &block->list[place], (block->n - place) * sizeof(*block->list));
    block->list[place] = id;
    block->n++;
    return 1;
}

static int reserve_blocks(struct counts_id_set *set, uint32_t last_id)
{
    size_t wanted = (size_t)last_id / BLOCK_IDS + 1;
    struct counts_id_block *blocks;

    if (wanted <= set->n_blocks)
        return 0;
    blocks = reallocarray(set->blocks, wanted, sizeof(*blocks));
    if (!blocks)
        return -ENOMEM;
    memset(blocks + set->n_blocks, 0, (wanted - set->n_blocks) * sizeof(*blocks));
    set->bytes += (wanted - set->n_blocks) * sizeof(*blocks);
    set->blocks = blocks;
    set->n_blocks = wanted;
    return 0;
}

/* `ret_new` may be NULL. */
static int add_to_blocks(struct counts_id_set *set, const uint32_t *ids, size_t n, uint8_t *ret_new)
{
    int r = n > 0 ? reserve_blocks(set, ids[n - 1]) : 0;

    for (size_t i = 0; r >= 0 && i < n; i++) {
        r = add_to_block(set, &set->blocks[ids[i] / BLOCK_IDS], ids[i] % BLOCK_IDS);
        if (r >= 0 && ret_new)
            ret_new[i] = (uint8_t)r;
    }
    return r < 0 ? r : 0;
}

/* ---- differences ---- */

/* Merges what is packed with `ids` into `merged`, which has room; its size. */
static size_t merge(
    const struct counts_id_set *set, const uint32_t *ids, size_t n, uint8_t *ret_new, uint32_t *merged)
{
    const uint8_t *at = set->packed, *end = set->packed ? at + set->packed_size : at;
    uint64_t difference;
    uint32_t id = 0;
    size_t next = 0, n_merged = 0;

    while (at != end && leb128_get(&at, end, &difference) == 0) {
        id += (uint32_t)difference;
        for (; next < n && ids[next] < id; next++) {
            ret_new[next] = 1;
            merged[n_merged++] = ids[next];
        }
        if (next < n && ids[next] == id)
            ret_new[next++] = 0;
        merged[n_merged++] = id;
    }
    for (; next < n; next++) {
        ret_new[next] = 1;
        merged[n_merged++] = ids[next];
    }
    return n_merged;
}

static int pack(const uint32_t *ids, size_t n, struct buffer *buffer)
{
    uint32_t before = 0;
    int r = buffer_reserve(buffer, n * 5 + 1);

    for (size_t i = 0; r >= 0 && i < n; i++) {
        leb128_put(buffer, ids[i] - before);
        before = ids[i];
    }
    return r;
}

/* ---- all at once ---- */

static int fill_block(struct counts_id_set *set, struct counts_id_block *block, const uint32_t *ids, size_t n)
{
    if (n > MAX_LISTED) {
        block->bits = calloc(BLOCK_IDS / WORD_BITS, sizeof(*block->bits));
        if (!block->bits)
            return -ENOMEM;
        block->is_bitmap = true;
        set->bytes += BLOCK_IDS / 8 + ALLOCATION_BYTES;
        for (size_t i = 0; i < n; i++)
            block->bits[ids[i] % BLOCK_IDS / WORD_BITS] |= UINT64_C(1) << ids[i] % WORD_BITS;
        return 0;
    }
    block->list = malloc(n * sizeof(*block->list));
    if (!block->list)
        return -ENOMEM;
    block->n = block->capacity = (uint16_t)n;
    set->bytes += n * sizeof(*block->list) + ALLOCATION_BYTES;
    for (size_t i = 0; i < n; i++)
        block->list[i] = ids[i] % BLOCK_IDS;
    return 0;
}

static int fill_blocks(struct counts_id_set *set, const uint32_t *ids, size_t n)
{
    int r = reserve_blocks(set, ids[n - 1]);

    for (size_t i = 0, end; r == 0 && i < n; i = end) {
        for (end = i + 1; end < n && ids[end] / BLOCK_IDS == ids[i] / BLOCK_IDS;)
            end++;
        r = fill_block(set, &set->blocks[ids[i] / BLOCK_IDS], &ids[i], end - i);
    }
    return r;
}

/* Takes the place of what is packed. */
static int keep(struct counts_id_set *set, const uint32_t *merged, size_t n_merged)
{
    CLEANUP(buffer_deinit) struct buffer buffer = {0};
    uint8_t *packed;
    int r = pack(merged, n_merged, &buffer);

    if (r < 0)
        return r;
    if (buffer.size > MAX_PACKED && !set->is_compact) {
        free(set->packed);
        set->packed = NULL;
        set->packed_size = set->bytes = 0;
        return add_to_blocks(set, merged, n_merged, NULL);
    }
    packed = realloc(set->packed, buffer.size);
    if (!packed)
        return -ENOMEM;
    memcpy(packed, buffer.bytes, buffer.size);
    set->packed = packed;
    set->packed_size = buffer.size;
    set->bytes = buffer.size + ALLOCATION_BYTES;
    return 0;
}

int counts_id_set_add(struct counts_id_set *set, const uint32_t *ids, size_t n, uint8_t *ret_new)
{
    CLEANUP(freep) uint32_t *merged = NULL;

    if (set->blocks)
        return add_to_blocks(set, ids, n, ret_new);
    if (n == 0)
        return 0;
    /* Each that is packed takes a byte at least. */
    merged = reallocarray(NULL, set->packed_size + n, sizeof(*merged));
    if (!merged)
        return -ENOMEM;
    return keep(set, merged, merge(set, ids, n, ret_new, merged));
}

int counts_id_set_fill(struct counts_id_set *set, const uint32_t *ids, size_t n)
{
    assert(!set->blocks && !set->packed);
    if (n == 0)
        return 0;
    /* Each takes a byte at least. */
    return n > MAX_PACKED && !set->is_compact ? fill_blocks(set, ids, n) : keep(set, ids, n);
}
