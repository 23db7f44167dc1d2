#include "counts/totals.h"

#include "base/cleanup.h"
#include "counts/totals_private.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* So many ids at a time, of all pages: most of their totals stay in the cache, as frequent words have low
 * ids, and for each host a bit each does. Fewer at a time, and going over the pages again and again costs
 * more. */
#define STRIPE_IDS 65536
#define WORD_BITS 64
/* The places of words so many ahead are on their way into the cache. */
#define AHEAD 16

struct stripes {
    struct counts_totals *totals;
    const struct counts_totals_page *pages;
    size_t n_pages;
    struct counts_reader *readers; /* of each page */
    struct counts_pair *pairs;     /* of a page's part of the stripe */
    uint32_t *ids;                 /* of each host, ascending, with room for all of its pages' pairs */
    size_t *n_ids;                 /* of each host, by its first page */
    uint64_t bits[STRIPE_IDS / WORD_BITS]; /* of the host; all zero between two hosts */
    uint64_t begin;                        /* of the stripe */
    uint64_t next;                         /* the least id behind it */
};

static void free_stripes(struct stripes *stripes)
{
    if (!stripes)
        return;
    free(stripes->readers);
    free(stripes->pairs);
    free(stripes->ids);
    free(stripes->n_ids);
    free(stripes);
}

DEFINE_CLEANUP(struct stripes *, free_stripes)

/* A pair takes two bytes at least. */
static size_t room_for(const struct counts_totals_page *page)
{
    return page->size / 2;
}

static int new_stripes(struct counts_totals *totals, const struct counts_totals_page *pages, size_t n_pages,
    struct stripes **ret)
{
    CLEANUP(free_stripesp) struct stripes *stripes = calloc(1, sizeof(*stripes));
    size_t largest = 0, sum = 0;

    if (!stripes)
        return -ENOMEM;
    for (size_t i = 0; i < n_pages; i++) {
        largest = room_for(&pages[i]) > largest ? room_for(&pages[i]) : largest;
        sum += room_for(&pages[i]);
    }
    stripes->totals = totals;
    stripes->pages = pages;
    stripes->n_pages = n_pages;
    stripes->readers = calloc(n_pages, sizeof(*stripes->readers));
    stripes->pairs = reallocarray(NULL, largest + 1, sizeof(*stripes->pairs));
    stripes->ids = reallocarray(NULL, sum + 1, sizeof(*stripes->ids));
    stripes->n_ids = calloc(n_pages, sizeof(*stripes->n_ids));
    if (!stripes->readers || !stripes->pairs || !stripes->ids || !stripes->n_ids)
        return -ENOMEM;
    for (size_t i = 0; i < n_pages; i++)
        counts_reader_init(&stripes->readers[i], pages[i].packed, pages[i].size);
    *ret = TAKE(stripes);
    return 0;
}

/* Sums are not kept in memory meanwhile: each word would wait for the one before. */
static void add_pairs(struct stripes *stripes, size_t n)
{
    const struct counts_pair *pairs = stripes->pairs;
    struct total *totals = &stripes->totals->totals[stripes->begin];
    uint64_t distinct = 0, tokens = 0;

    for (size_t i = 0; i < n; i++) {
        uint64_t at = pairs[i].id - stripes->begin;
        struct total *total = &totals[at];

        if (i + AHEAD < n)
            __builtin_prefetch(&totals[pairs[i + AHEAD].id - stripes->begin], 1);
        distinct += total->sum.pages == 0;
        total->sum.tokens += pairs[i].tokens;
        total->sum.pages++;
        tokens += pairs[i].tokens;
        stripes->bits[at / WORD_BITS] |= UINT64_C(1) << at % WORD_BITS;
    }
    stripes->totals->distinct += distinct;
    stripes->totals->tokens += tokens;
}

static int add_part(struct stripes *stripes, size_t page)
{
    size_t n;
    int r = counts_reader_below(&stripes->readers[page], stripes->begin + STRIPE_IDS, stripes->pairs, &n);

    if (r > 0 && stripes->pairs[n].id < stripes->next)
        stripes->next = stripes->pairs[n].id;
    if (r >= 0 && n > 0)
        r = counts_totals_take_id(stripes->totals, stripes->pairs[n - 1].id);
    if (r < 0)
        return r;
    if (n > 0)
        add_pairs(stripes, n);
    return 0;
}

/* The words that the host has in the stripe: there is a bit each. Their number. */
static size_t end_host(struct stripes *stripes, uint32_t *ids)
{
    struct total *totals = stripes->totals->totals;
    size_t n = 0;

    for (size_t i = 0; i < STRIPE_IDS / WORD_BITS; i++) {
        uint64_t bits = stripes->bits[i];

        for (; bits; bits &= bits - 1) {
            uint64_t id = stripes->begin + i * WORD_BITS + (uint64_t)__builtin_ctzll(bits);

            totals[id].sum.hosts++;
            ids[n++] = (uint32_t)id;
        }
        stripes->bits[i] = 0;
    }
    return n;
}

static int add_stripe(struct stripes *stripes)
{
    uint32_t *ids = stripes->ids;
    int r = 0;

    for (size_t i = 0, first; r == 0 && i < stripes->n_pages;) {
        size_t room = 0;

        for (first = i;
             r == 0 && i < stripes->n_pages && stripes->pages[i].words == stripes->pages[first].words; i++) {
            room += room_for(&stripes->pages[i]);
            r = add_part(stripes, i);
        }
        stripes->n_ids[first] += end_host(stripes, ids + stripes->n_ids[first]);
        ids += room;
    }
    return r;
}

static int fill_sets(const struct stripes *stripes)
{
    const uint32_t *ids = stripes->ids;
    int r = 0;

    for (size_t i = 0, first; r == 0 && i < stripes->n_pages;) {
        size_t room = 0;

        for (first = i; i < stripes->n_pages && stripes->pages[i].words == stripes->pages[first].words; i++)
            room += room_for(&stripes->pages[i]);
        r = counts_id_set_fill(stripes->pages[first].words, ids, stripes->n_ids[first]);
        ids += room;
    }
    return r;
}

int counts_totals_add_hosts(
    struct counts_totals *totals, const struct counts_totals_page *pages, size_t n_pages)
{
    CLEANUP(free_stripesp) struct stripes *stripes = NULL;
    int r = n_pages > 0 ? new_stripes(totals, pages, n_pages, &stripes) : 0;

    if (r < 0 || n_pages == 0)
        return r;
    while (r == 0 && stripes->begin != UINT64_MAX) {
        stripes->next = UINT64_MAX;
        r = add_stripe(stripes);
        stripes->begin = stripes->next == UINT64_MAX ? UINT64_MAX : stripes->next / STRIPE_IDS * STRIPE_IDS;
    }
    totals->pages += n_pages;
    return r < 0 ? r : fill_sets(stripes);
}
