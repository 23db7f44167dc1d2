#include "counts/pack.h"

#include "counts/leb128.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

static int compare_ids(const void *left, const void *right)
{
    const struct counts_pair *a = left, *b = right;

    return a->id < b->id ? -1 : a->id > b->id;
}

int counts_pack(struct counts_pair *pairs, size_t n, struct buffer *buffer)
{
    uint32_t before = 0;
    int r;

    if (n > SIZE_MAX / (2 * LEB128_MAX))
        return -ENOMEM;
    /* Reserved as a whole, so that a failure leaves nothing half appended. */
    r = buffer_reserve(buffer, n * 2 * LEB128_MAX);
    if (r < 0)
        return r;
    if (n > 1)
        qsort(pairs, n, sizeof(*pairs), compare_ids);
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

int counts_reader_next(struct counts_reader *reader, struct counts_pair *ret)
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
