#include "counts/totals.h"

#include "base/cleanup.h"
#include "counts/id_sort.h"
#include "counts/pack.h"
#include "counts/totals_private.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TOTALS_MIN_IDS 1024
/* The places of words so many ahead are on their way into the cache: they lie anywhere in megabytes. */
#define AHEAD 16

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
    free(totals->totals);
    free(totals->pairs);
    free(totals->ids);
    free(totals->is_new);
    free(totals->gathered.ids);
    free(totals->gathered.bits);
    free(totals);
}

void counts_totals_next_host(struct counts_totals *totals)
{
    assert(totals->host < UINT32_MAX);
    totals->host++;
}

int counts_totals_reserve_ids(struct counts_totals *totals, uint64_t n)
{
    size_t wanted = totals->max_ids ? totals->max_ids : TOTALS_MIN_IDS;
    struct total *grown;

    if (n <= totals->max_ids)
        return 0;
    while (wanted < n)
        wanted *= 2;
    grown = reallocarray(totals->totals, wanted, sizeof(*grown));
    if (!grown)
        return -ENOMEM;
    memset(grown + totals->max_ids, 0, (wanted - totals->max_ids) * sizeof(*grown));
    totals->totals = grown;
    totals->max_ids = wanted;
    return 0;
}

int counts_totals_take_id(struct counts_totals *totals, uint32_t id)
{
    int r = id == UINT32_MAX ? -EBADMSG : counts_totals_reserve_ids(totals, (uint64_t)id + 1);

    if (r == 0 && id >= totals->n_ids)
        totals->n_ids = id + 1;
    return r;
}

static int reserve_pairs(struct counts_totals *totals, size_t n)
{
    struct counts_pair *grown;

    if (n <= totals->max_pairs)
        return 0;
    grown = reallocarray(NULL, n, sizeof(*grown));
    if (!grown)
        return -ENOMEM;
    free(totals->pairs);
    totals->pairs = grown;
    totals->max_pairs = n;
    return 0;
}

static inline void come_near(const struct counts_totals *totals, size_t n, size_t i)
{
    if (i + AHEAD < n)
        __builtin_prefetch(&totals->totals[totals->pairs[i + AHEAD].id], 1);
}

/* Whether the word was not met on the host before. */
static inline bool add_pair(struct counts_totals *totals, const struct counts_pair *pair)
{
    struct total *total = &totals->totals[pair->id];
    bool is_new = total->last_host != totals->host;

    totals->distinct += total->sum.pages == 0;
    total->sum.tokens += pair->tokens;
    total->sum.pages++;
    total->sum.hosts += is_new;
    total->last_host = totals->host;
    totals->tokens += pair->tokens;
    return is_new;
}

/* The whole page is read before anything of it is added. */
static int read_page(struct counts_totals *totals, const void *packed, size_t size, size_t *ret_n)
{
    int r = reserve_pairs(totals, size / 2 + 1);

    if (r == 0)
        r = counts_unpack(packed, size, totals->pairs, ret_n);
    return r < 0 || *ret_n == 0 ? r : counts_totals_take_id(totals, totals->pairs[*ret_n - 1].id);
}

static int reserve_gathered(struct gathered *gathered, size_t n)
{
    size_t wanted = gathered->max ? gathered->max : TOTALS_MIN_IDS;
    uint32_t *grown;

    if (gathered->n + n <= gathered->max)
        return 0;
    while (wanted < gathered->n + n)
        wanted *= 2;
    grown = reallocarray(gathered->ids, wanted, sizeof(*grown));
    if (!grown)
        return -ENOMEM;
    gathered->ids = grown;
    gathered->max = wanted;
    return 0;
}

/* Each id is put down, and stays only if it is new: whether it is cannot be foreseen by the processor. */
static void add_and_gather(struct counts_totals *totals, size_t n)
{
    struct gathered *gathered = &totals->gathered;
    size_t n_gathered = gathered->n;

    for (size_t i = 0; i < n; i++) {
        come_near(totals, n, i);
        gathered->ids[n_gathered] = totals->pairs[i].id;
        n_gathered += add_pair(totals, &totals->pairs[i]);
    }
    gathered->is_sorted = gathered->n == 0;
    gathered->n = n_gathered;
}

int counts_totals_add(struct counts_totals *totals, const void *packed, size_t size)
{
    size_t n;
    int r = read_page(totals, packed, size, &n);

    if (r == 0 && totals->gathered.is_wanted)
        r = reserve_gathered(&totals->gathered, n);
    if (r < 0)
        return r;
    if (totals->gathered.is_wanted) {
        add_and_gather(totals, n);
    } else {
        for (size_t i = 0; i < n; i++) {
            come_near(totals, n, i);
            (void)add_pair(totals, &totals->pairs[i]);
        }
    }
    totals->pages++;
    return 0;
}

void counts_totals_begin_host(struct counts_totals *totals, uint32_t host)
{
    totals->host = host;
    totals->gathered.n = 0;
    totals->gathered.is_wanted = totals->gathered.is_sorted = true;
}

/* Each id is there once: with a bit each they come out ascending. */
static int sort_gathered(struct gathered *gathered, uint32_t n_ids)
{
    size_t wanted = (size_t)n_ids / ID_SORT_WORD_BITS + 1;

    if (wanted > gathered->n_bits) {
        free(gathered->bits);
        gathered->n_bits = 0;
        gathered->bits = calloc(wanted, sizeof(*gathered->bits));
        if (!gathered->bits)
            return -ENOMEM;
        gathered->n_bits = wanted;
    }
    id_sort(gathered->ids, gathered->n, gathered->bits);
    return 0;
}

int counts_totals_end_host(struct counts_totals *totals, struct counts_id_set *words)
{
    struct gathered *gathered = &totals->gathered;
    int r = gathered->is_sorted ? 0 : sort_gathered(gathered, totals->n_ids);

    gathered->is_wanted = false;
    return r < 0 ? r : counts_id_set_fill(words, gathered->ids, gathered->n);
}

static int reserve_new(struct counts_totals *totals, size_t n)
{
    CLEANUP(freep) uint32_t *ids = NULL;
    uint8_t *is_new;

    if (n <= totals->max_new)
        return 0;
    ids = reallocarray(NULL, n, sizeof(*ids));
    is_new = ids ? malloc(n) : NULL;
    if (!is_new)
        return -ENOMEM;
    free(totals->ids);
    free(totals->is_new);
    totals->ids = TAKE(ids);
    totals->is_new = is_new;
    totals->max_new = n;
    return 0;
}

/* Words of the host's page before need not be looked for. */
static int note_hosts(
    struct counts_totals *totals, uint32_t host, struct counts_id_set *words, size_t n_pairs)
{
    size_t n = 0;
    int r;

    for (size_t i = 0; i < n_pairs; i++) {
        come_near(totals, n_pairs, i);
        totals->ids[n] = totals->pairs[i].id;
        n += totals->totals[totals->pairs[i].id].last_host != host;
    }
    r = counts_id_set_add(words, totals->ids, n, totals->is_new);
    if (r < 0)
        return r;
    for (size_t i = 0; i < n; i++) {
        totals->totals[totals->ids[i]].sum.hosts += totals->is_new[i];
        totals->totals[totals->ids[i]].last_host = host;
    }
    return 0;
}

int counts_totals_add_of_host(
    struct counts_totals *totals, uint32_t host, struct counts_id_set *words, const void *packed, size_t size)
{
    size_t n;
    int r = read_page(totals, packed, size, &n);

    if (r == 0)
        r = reserve_new(totals, totals->max_pairs);
    if (r == 0)
        r = note_hosts(totals, host, words, n);
    if (r < 0)
        return r;
    totals->host = host;
    for (size_t i = 0; i < n; i++)
        add_pair(totals, &totals->pairs[i]);
    totals->pages++;
    return 0;
}

size_t counts_totals_bytes(const struct counts_totals *totals)
{
    return totals->max_ids * sizeof(*totals->totals) + totals->max_pairs * sizeof(*totals->pairs) +
        totals->max_new * (sizeof(*totals->ids) + sizeof(*totals->is_new)) +
        totals->gathered.max * sizeof(*totals->gathered.ids) +
        totals->gathered.n_bits * sizeof(*totals->gathered.bits);
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
    return totals->totals[id].sum;
}
