#include "counts/pack.h"

#include "base/cleanup.h"
#include "counts/leb128.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define BYTE_VALUES 256

/* One pass of the sort: from -> to, by the byte of the id at `shift`, otherwise as they are. */
static void sort_by_byte_of_id(
    const struct counts_pair *from, struct counts_pair *to, size_t n, unsigned shift)
{
    size_t places[BYTE_VALUES] = {0};
    size_t place = 0;

    for (size_t i = 0; i < n; i++)
        places[from[i].id >> shift & (BYTE_VALUES - 1)]++;
    for (size_t byte = 0; byte < BYTE_VALUES; byte++) {
        size_t count = places[byte];

        places[byte] = place;
        place += count;
    }
    for (size_t i = 0; i < n; i++)
        to[places[from[i].id >> shift & (BYTE_VALUES - 1)]++] = from[i];
}

/* By the bytes of the ids, the lowest first: a page's few hundred words take two or three passes, where
 * comparing them costs the store's thread several times as much. */
static int sort_by_id(struct counts_pair *pairs, size_t n)
{
    CLEANUP(freep) struct counts_pair *other = NULL;
    struct counts_pair *from = pairs, *to;
    bool ascending = true;
    uint32_t bits = 0;

    for (size_t i = 0; i < n; i++) {
        bits |= pairs[i].id;
        ascending = ascending && (i == 0 || pairs[i - 1].id < pairs[i].id);
    }
    if (ascending)
        return 0;
    to = other = reallocarray(NULL, n, sizeof(*other));
    if (!other)
        return -ENOMEM;
    for (unsigned shift = 0; shift < 32 && bits >> shift != 0; shift += 8) {
        struct counts_pair *sorted = to;

        sort_by_byte_of_id(from, to, n, shift);
        to = from;
        from = sorted;
    }
    if (from != pairs)
        memcpy(pairs, from, n * sizeof(*pairs));
    return 0;
}

int counts_pack(struct counts_pair *pairs, size_t n, struct buffer *buffer)
{
    uint32_t before = 0;
    int r;

    if (n > SIZE_MAX / (2 * LEB128_MAX))
        return -ENOMEM;
    r = sort_by_id(pairs, n);
    /* Reserved as a whole, so that a failure leaves nothing half appended. */
    if (r >= 0)
        r = buffer_reserve(buffer, n * 2 * LEB128_MAX);
    if (r < 0)
        return r;
    for (size_t i = 0; i < n; i++) {
        assert(i == 0 || pairs[i].id > before);
        leb128_put(buffer, pairs[i].id - before);
        leb128_put(buffer, pairs[i].tokens);
        before = pairs[i].id;
    }
    return 0;
}

void counts_reader_init(struct counts_reader *reader, const void *packed, size_t size)
{
    *reader = (struct counts_reader){
        .position = packed,
        .end = size > 0 ? (const uint8_t *)packed + size : packed,
        .next_id = 0,
    };
}

static inline int next_pair(struct counts_reader *reader, struct counts_pair *ret)
{
    uint64_t difference, tokens, id;
    bool first = reader->next_id == 0;

    if (reader->position == reader->end)
        return 0;
    if (leb128_get(&reader->position, reader->end, &difference) < 0 ||
        leb128_get(&reader->position, reader->end, &tokens) < 0)
        return -EBADMSG;
    /* next_id is one more than the id before. */
    if (tokens == 0 || difference > UINT32_MAX || (!first && difference == 0))
        return -EBADMSG;
    id = first ? difference : reader->next_id - 1 + difference;
    if (id > UINT32_MAX)
        return -EBADMSG;
    reader->next_id = id + 1;
    *ret = (struct counts_pair){.id = (uint32_t)id, .tokens = tokens};
    return 1;
}

int counts_reader_next(struct counts_reader *reader, struct counts_pair *ret)
{
    return next_pair(reader, ret);
}

int counts_reader_below(
    struct counts_reader *reader, uint64_t limit, struct counts_pair *pairs, size_t *ret_n)
{
    struct counts_reader ahead = *reader;
    size_t n = 0;
    int r;

    while ((r = next_pair(&ahead, &pairs[n])) > 0 && pairs[n].id < limit) {
        *reader = ahead;
        n++;
    }
    *ret_n = n;
    return r;
}

int counts_unpack(const void *packed, size_t size, struct counts_pair *pairs, size_t *ret_n)
{
    struct counts_reader reader;
    size_t n = 0;
    int r;

    counts_reader_init(&reader, packed, size);
    while ((r = next_pair(&reader, &pairs[n])) > 0)
        n++;
    if (r == 0)
        *ret_n = n;
    return r;
}
