#include "counts/rank.h"

#include "base/cleanup.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* While k entries are kept, a heap whose first is the one that leaves next. */
struct counts_ranking {
    uint64_t k;
    enum counts_by by;
    struct counts_entry *entries;
    size_t n;
    size_t capacity;
    bool finished;
};

int counts_ranking_new(uint64_t k, enum counts_by by, struct counts_ranking **ret)
{
    struct counts_ranking *ranking = calloc(1, sizeof(*ranking));

    if (!ranking)
        return -ENOMEM;
    ranking->k = k;
    ranking->by = by;
    *ret = ranking;
    return 0;
}

void counts_ranking_free(struct counts_ranking *ranking)
{
    if (!ranking)
        return;
    free(ranking->entries);
    free(ranking);
}

static uint64_t number_of(const struct counts_entry *entry, enum counts_by by)
{
    switch (by) {
    case COUNTS_BY_TOKENS:
        return entry->tokens;
    case COUNTS_BY_PAGES:
        return entry->pages;
    case COUNTS_BY_HOSTS:
        return entry->hosts;
    case COUNTS_BY_WORD:
        break;
    }
    return 0;
}

/* UTF-8 sorts by bytes as its code points do. */
static int compare_words(const struct counts_entry *a, const struct counts_entry *b)
{
    uint32_t shorter = a->length < b->length ? a->length : b->length;
    int order = memcmp(a->word, b->word, shorter);

    if (order != 0)
        return order;
    return a->length < b->length ? -1 : a->length > b->length;
}

/* Negative if `a` ranks before `b`. */
static int compare(const struct counts_entry *a, const struct counts_entry *b, enum counts_by by)
{
    uint64_t x = number_of(a, by), y = number_of(b, by);

    if (x != y)
        return x > y ? -1 : 1;
    return compare_words(a, b);
}

static int compare_entries(const void *left, const void *right, void *userdata)
{
    const enum counts_by *by = userdata;

    return compare(left, right, *by);
}

static void swap(struct counts_entry *a, struct counts_entry *b)
{
    struct counts_entry entry = *a;

    *a = *b;
    *b = entry;
}

static void sift_up(struct counts_ranking *ranking, size_t index)
{
    while (index > 0) {
        size_t parent = (index - 1) / 2;

        if (compare(&ranking->entries[index], &ranking->entries[parent], ranking->by) <= 0)
            break;
        swap(&ranking->entries[index], &ranking->entries[parent]);
        index = parent;
    }
}

static void sift_down(struct counts_ranking *ranking)
{
    size_t index = 0;

    for (;;) {
        size_t child = 2 * index + 1;

        if (child >= ranking->n)
            break;
        if (child + 1 < ranking->n &&
            compare(&ranking->entries[child + 1], &ranking->entries[child], ranking->by) > 0)
            child++;
        if (compare(&ranking->entries[child], &ranking->entries[index], ranking->by) <= 0)
            break;
        swap(&ranking->entries[index], &ranking->entries[child]);
        index = child;
    }
}

static bool is_full(const struct counts_ranking *ranking)
{
    return ranking->k != 0 && ranking->n == ranking->k;
}

bool counts_ranking_may_take(const struct counts_ranking *ranking, const struct counts_entry *entry)
{
    return !is_full(ranking) || number_of(entry, ranking->by) >= number_of(&ranking->entries[0], ranking->by);
}

uint64_t counts_ranking_least(const struct counts_ranking *ranking)
{
    return is_full(ranking) ? number_of(&ranking->entries[0], ranking->by) : 0;
}

int counts_ranking_add(struct counts_ranking *ranking, const struct counts_entry *entry)
{
    int r;

    assert(!ranking->finished);
    if (is_full(ranking)) {
        if (compare(entry, &ranking->entries[0], ranking->by) < 0) {
            ranking->entries[0] = *entry;
            sift_down(ranking);
        }
        return 0;
    }
    r = array_reserve_one(&ranking->entries, ranking->n, &ranking->capacity, sizeof(*ranking->entries));
    if (r < 0)
        return r;
    ranking->entries[ranking->n++] = *entry;
    if (ranking->k != 0)
        sift_up(ranking, ranking->n - 1);
    return 0;
}

void counts_ranking_finish(struct counts_ranking *ranking)
{
    ranking->finished = true;
    if (ranking->n > 1)
        qsort_r(ranking->entries, ranking->n, sizeof(*ranking->entries), compare_entries, &ranking->by);
}

size_t counts_ranking_bytes(const struct counts_ranking *ranking)
{
    return sizeof(*ranking) + ranking->capacity * sizeof(*ranking->entries);
}

size_t counts_ranking_size(const struct counts_ranking *ranking)
{
    return ranking->n;
}

const struct counts_entry *counts_ranking_get(const struct counts_ranking *ranking, size_t index)
{
    assert(ranking->finished && index < ranking->n);
    return &ranking->entries[index];
}
