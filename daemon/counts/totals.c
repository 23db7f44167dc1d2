#include "counts/totals.h"

#include "base/cleanup.h"
#include "counts/leb128.h"
#include "counts/pack.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of the form at rest; another number would be another form. */
#define TOTALS_VERSION 1
#define TOTALS_MIN_IDS 1024

struct counts_totals {
    struct counts_sum *sums;
    uint32_t *last_host; /* by id: the host of the last page with the word; 0 if none */
    uint32_t n_ids;
    size_t max_ids;
    uint32_t host; /* a number for the current host, from 1 */
    uint64_t pages;
    uint64_t tokens;
    uint64_t distinct;
};

DEFINE_CLEANUP(struct counts_totals *, counts_totals_free)

int counts_totals_new(struct counts_totals **ret)
{
    struct counts_totals *totals = calloc(1, sizeof(*totals));

    if (!totals)
        return -ENOMEM;
    totals->host = 1;
    *ret = totals;
    return 0;
}

void counts_totals_free(struct counts_totals *totals)
{
    if (!totals)
        return;
    free(totals->sums);
    free(totals->last_host);
    free(totals);
}

void counts_totals_next_host(struct counts_totals *totals)
{
    assert(totals->host < UINT32_MAX);
    totals->host++;
}

static int reserve_ids(struct counts_totals *totals, uint64_t n)
{
    size_t wanted = totals->max_ids ? totals->max_ids : TOTALS_MIN_IDS;
    struct counts_sum *sums;
    uint32_t *last_host;

    if (n <= totals->max_ids)
        return 0;
    while (wanted < n)
        wanted *= 2;
    sums = reallocarray(totals->sums, wanted, sizeof(*sums));
    if (!sums)
        return -ENOMEM;
    totals->sums = sums;
    last_host = reallocarray(totals->last_host, wanted, sizeof(*last_host));
    if (!last_host)
        return -ENOMEM;
    totals->last_host = last_host;
    memset(sums + totals->max_ids, 0, (wanted - totals->max_ids) * sizeof(*sums));
    memset(last_host + totals->max_ids, 0, (wanted - totals->max_ids) * sizeof(*last_host));
    totals->max_ids = wanted;
    return 0;
}

/* A page is read once to see that it is whole, and how far its ids go. */
static int check_page(const void *packed, size_t size, uint64_t *ret_n_ids)
{
    struct counts_reader reader;
    struct counts_pair pair;
    uint64_t n_ids = 0;
    int r;

    counts_reader_init(&reader, packed, size);
    while ((r = counts_reader_next(&reader, &pair)) > 0) {
        if (pair.id == UINT32_MAX)
            return -EBADMSG;
        n_ids = (uint64_t)pair.id + 1;
    }
    if (r < 0)
        return r;
    *ret_n_ids = n_ids;
    return 0;
}

static void add_pair(struct counts_totals *totals, const struct counts_pair *pair)
{
    struct counts_sum *sum = &totals->sums[pair->id];

    totals->distinct += sum->pages == 0;
    sum->tokens += pair->tokens;
    sum->pages++;
    if (totals->last_host[pair->id] != totals->host) {
        totals->last_host[pair->id] = totals->host;
        sum->hosts++;
    }
    totals->tokens += pair->tokens;
}

int counts_totals_add(struct counts_totals *totals, const void *packed, size_t size)
{
    struct counts_reader reader;
    struct counts_pair pair;
    uint64_t n_ids;
    int r;

    r = check_page(packed, size, &n_ids);
    if (r == 0)
        r = reserve_ids(totals, n_ids);
    if (r < 0)
        return r;
    counts_reader_init(&reader, packed, size);
    while (counts_reader_next(&reader, &pair) > 0)
        add_pair(totals, &pair);
    if (n_ids > totals->n_ids)
        totals->n_ids = (uint32_t)n_ids;
    totals->pages++;
    return 0;
}

uint64_t counts_totals_pages(const struct counts_totals *totals)
{
    return totals->pages;
}

uint64_t counts_totals_tokens(const struct counts_totals *totals)
{
    return totals->tokens;
}

uint64_t counts_totals_distinct(const struct counts_totals *totals)
{
    return totals->distinct;
}

uint32_t counts_totals_n_ids(const struct counts_totals *totals)
{
    return totals->n_ids;
}

struct counts_sum counts_totals_get(const struct counts_totals *totals, uint32_t id)
{
    assert(id < totals->n_ids);
    return totals->sums[id];
}

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
        const struct counts_sum *sum = &totals->sums[id];

        if (sum->pages == 0)
            continue;
        r = buffer_reserve(buffer, 4 * LEB128_MAX);
        if (r < 0) {
            buffer->size = size;
            return r;
        }
        leb128_put(buffer, id - before);
        leb128_put(buffer, sum->tokens);
        leb128_put(buffer, sum->pages);
        leb128_put(buffer, sum->hosts);
        before = id;
    }
    return 0;
}

static int unpack_word(struct counts_totals *totals, const uint8_t **at, const uint8_t *end, uint64_t id)
{
    uint64_t tokens, pages, hosts;
    int r;

    if (leb128_get(at, end, &tokens) < 0 || leb128_get(at, end, &pages) < 0 ||
        leb128_get(at, end, &hosts) < 0)
        return -EBADMSG;
    if (id >= UINT32_MAX || pages == 0 || pages > UINT32_MAX || pages > totals->pages || hosts == 0 ||
        hosts > pages || tokens < pages)
        return -EBADMSG;
    r = reserve_ids(totals, id + 1);
    if (r < 0)
        return r;
    totals->sums[id] =
        (struct counts_sum){.tokens = tokens, .pages = (uint32_t)pages, .hosts = (uint32_t)hosts};
    totals->n_ids = (uint32_t)id + 1;
    totals->tokens += tokens;
    totals->distinct++;
    return 0;
}

int counts_totals_unpack(const void *packed, size_t size, struct counts_totals **ret)
{
    CLEANUP(counts_totals_freep) struct counts_totals *totals = NULL;
    const uint8_t *at = packed, *end = size > 0 ? at + size : at;
    uint64_t version, distinct, difference, id = 0;
    int r = counts_totals_new(&totals);

    if (r < 0)
        return r;
    if (leb128_get(&at, end, &version) < 0 || version != TOTALS_VERSION ||
        leb128_get(&at, end, &totals->pages) < 0 || leb128_get(&at, end, &distinct) < 0)
        return -EBADMSG;
    for (uint64_t i = 0; i < distinct; i++) {
        if (leb128_get(&at, end, &difference) < 0 || difference > UINT32_MAX || (i > 0 && difference == 0))
            return -EBADMSG;
        id += difference;
        r = unpack_word(totals, &at, end, id);
        if (r < 0)
            return r;
    }
    if (at != end)
        return -EBADMSG;
    *ret = TAKE(totals);
    return 0;
}
