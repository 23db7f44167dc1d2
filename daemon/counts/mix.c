#include "counts/mix.h"

#include "base/cleanup.h"
#include "counts/id_sort.h"
#include "counts/pack.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MIN_IDS 1024
/* The places of words so many ahead are on their way into the cache. */
#define AHEAD 16

struct place {
    uint64_t tokens;
    uint32_t pages; /* 0: not added */
    uint32_t hosts;
};

struct counts_mix {
    struct place *places; /* by id */
    uint64_t *bits;       /* by id: to sort them, all zero between two uses */
    size_t max_id;        /* ids are below it */
    uint32_t *ids;        /* that were added */
    size_t n, max;
    bool is_sorted;
    struct counts_pair *pairs; /* of the page that is added */
    size_t max_pairs;
};

int counts_mix_new(struct counts_mix **ret)
{
    struct counts_mix *mix = calloc(1, sizeof(*mix));

    if (!mix)
        return -ENOMEM;
    *ret = mix;
    return 0;
}

void counts_mix_free(struct counts_mix *mix)
{
    if (!mix)
        return;
    free(mix->places);
    free(mix->bits);
    free(mix->ids);
    free(mix->pairs);
    free(mix);
}

size_t counts_mix_bytes(const struct counts_mix *mix)
{
    return mix->max_id * sizeof(*mix->places) + mix->max_id / 8 + mix->max * sizeof(*mix->ids) +
        mix->max_pairs * sizeof(*mix->pairs);
}

static int reserve_places(struct counts_mix *mix, size_t n)
{
    CLEANUP(freep) struct place *places = NULL;
    size_t wanted = mix->max_id > 0 ? mix->max_id : MIN_IDS;
    uint64_t *bits;

    if (n <= mix->max_id)
        return 0;
    while (wanted < n)
        wanted *= 2;
    places = calloc(wanted, sizeof(*places));
    bits = places ? calloc(wanted / ID_SORT_WORD_BITS, sizeof(*bits)) : NULL;
    if (!bits)
        return -ENOMEM;
    if (mix->max_id > 0)
        memcpy(places, mix->places, mix->max_id * sizeof(*places));
    free(mix->places);
    free(mix->bits);
    mix->places = TAKE(places);
    mix->bits = bits;
    mix->max_id = wanted;
    return 0;
}

int counts_mix_reserve(struct counts_mix *mix, uint32_t id, size_t n)
{
    size_t wanted = mix->max > 0 ? mix->max : MIN_IDS;
    uint32_t *ids;

    while (wanted < mix->n + n)
        wanted *= 2;
    if (wanted > mix->max) {
        ids = reallocarray(mix->ids, wanted, sizeof(*ids));
        if (!ids)
            return -ENOMEM;
        mix->ids = ids;
        mix->max = wanted;
    }
    return reserve_places(mix, (size_t)id + 1);
}

/* The id is put down, and stays only if it is new: whether it is cannot be foreseen by the processor. */
static inline void add(struct counts_mix *mix, uint32_t id, uint64_t tokens, uint32_t pages, uint32_t hosts)
{
    struct place *place = &mix->places[id];

    mix->ids[mix->n] = id;
    mix->n += place->pages == 0;
    place->tokens += tokens;
    place->pages += pages;
    place->hosts += hosts;
}

void counts_mix_add(struct counts_mix *mix, const struct counts_mixed *word)
{
    assert(word->id < mix->max_id && mix->n < mix->max && word->pages > 0);
    mix->is_sorted = false;
    add(mix, word->id, word->tokens, word->pages, word->hosts);
}

static int read_page(struct counts_mix *mix, const void *packed, size_t size, size_t *ret_n)
{
    int r = 0;

    if (size / 2 + 1 > mix->max_pairs) {
        struct counts_pair *grown = reallocarray(NULL, size / 2 + 1, sizeof(*grown));

        if (!grown)
            return -ENOMEM;
        free(mix->pairs);
        mix->pairs = grown;
        mix->max_pairs = size / 2 + 1;
    }
    r = counts_unpack(packed, size, mix->pairs, ret_n);
    return r < 0 || *ret_n == 0 ? r : counts_mix_reserve(mix, mix->pairs[*ret_n - 1].id, *ret_n + 1);
}

int counts_mix_add_page(struct counts_mix *mix, const void *packed, size_t size, uint64_t *ret_tokens)
{
    uint64_t tokens = 0;
    size_t n = 0;
    int r = read_page(mix, packed, size, &n);

    if (r < 0)
        return r;
    mix->is_sorted = false;
    for (size_t i = 0; i < n; i++) {
        if (i + AHEAD < n)
            __builtin_prefetch(&mix->places[mix->pairs[i + AHEAD].id], 1);
        add(mix, mix->pairs[i].id, mix->pairs[i].tokens, 1, 0);
        tokens += mix->pairs[i].tokens;
    }
    *ret_tokens = tokens;
    return 0;
}

void counts_mix_ids(struct counts_mix *mix, const uint32_t **ret, size_t *ret_n)
{
    if (!mix->is_sorted)
        id_sort(mix->ids, mix->n, mix->bits);
    mix->is_sorted = true;
    *ret = mix->ids;
    *ret_n = mix->n;
}

struct counts_mixed counts_mix_get(const struct counts_mix *mix, uint32_t id)
{
    const struct place *place = &mix->places[id];

    assert(id < mix->max_id);
    return (struct counts_mixed){
        .id = id, .tokens = place->tokens, .pages = place->pages, .hosts = place->hosts};
}

void counts_mix_forget(struct counts_mix *mix)
{
    for (size_t i = 0; i < mix->n; i++)
        mix->places[mix->ids[i]] = (struct place){0};
    mix->n = 0;
    mix->is_sorted = false;
}
