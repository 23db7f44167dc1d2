#include "counts/totals_private.h"

#include "base/cleanup.h"
#include "counts/leb128.h"
#include <errno.h>

/* Of the form at rest; another number would be another form. */
#define TOTALS_VERSION 1

DEFINE_CLEANUP(struct counts_totals *, counts_totals_free)

int counts_totals_pack(const struct counts_totals *totals, struct buffer *buffer)
{
    size_t size = buffer->size;
    uint32_t before = 0;
    int r;

    r = buffer_reserve(buffer, 3 * LEB128_MAX);
    if (r < 0)
        return r;
    leb128_put(buffer, TOTALS_VERSION);
    leb128_put(buffer, totals->pages);
    leb128_put(buffer, totals->distinct);
    for (uint32_t id = 0; id < totals->n_ids; id++) {
        const struct counts_sum sum = totals->totals[id].sum;

        if (sum.pages == 0)
            continue;
        r = buffer_reserve(buffer, 4 * LEB128_MAX);
        if (r < 0) {
            buffer->size = size;
            return r;
        }
        leb128_put(buffer, id - before);
        leb128_put(buffer, sum.tokens);
        leb128_put(buffer, sum.pages);
        leb128_put(buffer, sum.hosts);
        before = id;
    }
    return 0;
}

/* Up to the number of pages. */
static int get_head(const uint8_t **at, const uint8_t *end, uint64_t *ret_pages)
{
    uint64_t version = 0;

    if (leb128_get(at, end, &version) < 0 || version != TOTALS_VERSION || leb128_get(at, end, ret_pages) < 0)
        return -EBADMSG;
    return 0;
}

static int unpack_word(
    struct counts_totals *totals, const uint8_t **at, const uint8_t *end, uint64_t id, uint32_t n_ids)
{
    uint64_t tokens, pages, hosts;
    int r;

    if (leb128_get(at, end, &tokens) < 0 || leb128_get(at, end, &pages) < 0 ||
        leb128_get(at, end, &hosts) < 0)
        return -EBADMSG;
    if (id >= n_ids || pages == 0 || pages > UINT32_MAX || pages > totals->pages || hosts == 0 ||
        hosts > pages || tokens < pages)
        return -EBADMSG;
    r = counts_totals_reserve_ids(totals, id + 1);
    if (r < 0)
        return r;
    totals->totals[id].sum =
        (struct counts_sum){.tokens = tokens, .pages = (uint32_t)pages, .hosts = (uint32_t)hosts};
    totals->n_ids = (uint32_t)id + 1;
    totals->tokens += tokens;
    totals->distinct++;
    return 0;
}

int counts_totals_packed_pages(const void *packed, size_t size, uint64_t *ret)
{
    const uint8_t *at = packed, *end = size > 0 ? at + size : at;

    return get_head(&at, end, ret);
}

int counts_totals_unpack(const void *packed, size_t size, struct counts_totals **ret)
{
    return counts_totals_unpack_of(packed, size, UINT32_MAX, ret);
}

int counts_totals_unpack_of(const void *packed, size_t size, uint32_t n_ids, struct counts_totals **ret)
{
    CLEANUP(counts_totals_freep) struct counts_totals *totals = NULL;
    const uint8_t *at = packed, *end = size > 0 ? at + size : at;
    uint64_t distinct, difference, id = 0;
    int r = counts_totals_new(&totals);

    if (r < 0)
        return r;
    if (get_head(&at, end, &totals->pages) < 0 || leb128_get(&at, end, &distinct) < 0)
        return -EBADMSG;
    for (uint64_t i = 0; i < distinct; i++) {
        if (leb128_get(&at, end, &difference) < 0 || difference > UINT32_MAX || (i > 0 && difference == 0))
            return -EBADMSG;
        id += difference;
        r = unpack_word(totals, &at, end, id, n_ids);
        if (r < 0)
            return r;
    }
    if (at != end)
        return -EBADMSG;
    *ret = TAKE(totals);
    return 0;
}
