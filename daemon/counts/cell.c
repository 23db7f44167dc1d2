#include "counts/cell.h"

#include "base/array.h"
#include "base/cleanup.h"
#include "counts/leb128.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

/* A word is the difference to the id before as LEB128. One of several tokens has a byte behind it, its pages
 * less one above and its tokens less its pages below; where one of them does not fit, the byte is LARGE and
 * both follow as LEB128. Then, if hosts are wanted, pages less hosts. */
#define HALF_BITS 4
#define HALF_MAX 14
#define LARGE 0xFF
#define MOST_BYTES ((size_t)4 * LEB128_MAX)

void counts_cell_deinit(struct counts_cell *cell)
{
    free(cell->packed);
    *cell = (struct counts_cell){0};
}

static void put_many(struct buffer *buffer, uint32_t before, const struct counts_mixed *word, bool has_hosts)
{
    uint64_t pages = word->pages - 1, more = word->tokens - word->pages;

    leb128_put(buffer, word->id - before);
    if (pages <= HALF_MAX && more <= HALF_MAX) {
        buffer->bytes[buffer->size++] = (uint8_t)(pages << HALF_BITS | more);
    } else {
        buffer->bytes[buffer->size++] = LARGE;
        leb128_put(buffer, more);
        leb128_put(buffer, pages);
    }
    if (has_hosts)
        leb128_put(buffer, word->pages - word->hosts);
}

/* Those of one token, or the others. */
static int put_words(struct buffer *buffer, const struct counts_mix *mix, const uint32_t *ids, size_t n,
    bool ones, bool has_hosts)
{
    uint32_t before = 0;

    for (size_t i = 0; i < n; i++) {
        const struct counts_mixed word = counts_mix_get(mix, ids[i]);

        assert(word.pages > 0 && word.tokens >= word.pages && (!has_hosts || word.hosts <= word.pages));
        if ((word.tokens == 1) != ones)
            continue;
        if (buffer_reserve(buffer, MOST_BYTES) < 0)
            return -ENOMEM;
        if (ones)
            leb128_put(buffer, word.id - before);
        else
            put_many(buffer, before, &word, has_hosts);
        before = word.id;
    }
    return 0;
}

int counts_cell_store(struct counts_cell *cell, struct counts_mix *mix)
{
    CLEANUP(buffer_deinit) struct buffer buffer = {0};
    const uint32_t *ids;
    uint8_t *packed;
    size_t n, ones;
    int r;

    counts_mix_ids(mix, &ids, &n);
    r = buffer_reserve(&buffer, 2 * n + MOST_BYTES);
    if (r == 0)
        r = put_words(&buffer, mix, ids, n, false, cell->has_hosts);
    ones = buffer.size;
    if (r == 0)
        r = put_words(&buffer, mix, ids, n, true, cell->has_hosts);
    packed = r == 0 ? realloc(buffer.bytes, buffer.size + 1) : NULL;
    if (!packed)
        return -ENOMEM;
    buffer.bytes = NULL;
    free(cell->packed);
    cell->packed = packed;
    cell->ones = ones;
    cell->size = buffer.size;
    cell->distinct = n;
    cell->last_id = n > 0 ? ids[n - 1] : 0;
    counts_mix_forget(mix);
    return 0;
}

void counts_cell_read(struct counts_cell_reader *reader, const struct counts_cell *cell, bool ones)
{
    *reader = (struct counts_cell_reader){.of_ones = ones, .has_hosts = cell->has_hosts};
    if (!cell->packed)
        return;
    reader->at = cell->packed + (ones ? cell->ones : 0);
    reader->end = cell->packed + (ones ? cell->size : cell->ones);
}

static inline bool next(struct counts_cell_reader *reader, struct counts_mixed *ret)
{
    uint8_t halves;

    if (reader->at == reader->end)
        return false;
    ret->id = reader->id += (uint32_t)leb128_take(&reader->at);
    ret->tokens = ret->pages = ret->hosts = 1;
    if (reader->of_ones)
        return true;
    halves = *reader->at++;
    if (halves != LARGE) {
        ret->pages = (halves >> HALF_BITS) + 1U;
        ret->tokens = (halves & ((1 << HALF_BITS) - 1)) + (uint64_t)ret->pages;
    } else {
        ret->tokens = leb128_take(&reader->at);
        ret->pages = (uint32_t)leb128_take(&reader->at) + 1;
        ret->tokens += ret->pages;
    }
    if (reader->has_hosts)
        ret->hosts = ret->pages - (uint32_t)leb128_take(&reader->at);
    return true;
}

bool counts_cell_next(struct counts_cell_reader *reader, struct counts_mixed *ret)
{
    return next(reader, ret);
}

int counts_cell_mix(const struct counts_cell *cell, struct counts_mix *mix)
{
    int r = counts_mix_reserve(mix, cell->last_id, cell->distinct + 1);

    if (r < 0)
        return r;
    for (int ones = 0; ones < 2; ones++) {
        struct counts_cell_reader reader;
        struct counts_mixed word;

        counts_cell_read(&reader, cell, ones);
        while (next(&reader, &word))
            counts_mix_add(mix, &word);
    }
    return 0;
}
