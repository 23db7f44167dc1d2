#include "counts/merge.h"

#include "base/cleanup.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#include <xxhash.h>

#define MERGE_MIN_SLOTS 1024

struct merge_word {
    uint64_t hash;
    size_t offset; /* in the arena */
    uint32_t length;
    struct counts_sum sum;
};

struct counts_merge {
    uint64_t seed;   /* so that nobody can choose words that collide */
    uint32_t *slots; /* index + 1 of a word, 0 if free; never more than half are taken */
    size_t n_slots;  /* a power of two */
    struct merge_word *words;
    size_t n_words;
    size_t max_words;
    struct buffer arena;
    uint64_t tokens;
};

int counts_merge_new(struct counts_merge **ret)
{
    struct counts_merge *merge = calloc(1, sizeof(*merge));
    struct timespec now;

    if (!merge)
        return -ENOMEM;
    if (getrandom(&merge->seed, sizeof(merge->seed), GRND_NONBLOCK) != sizeof(merge->seed)) {
        clock_gettime(CLOCK_MONOTONIC, &now);
        merge->seed = (uint64_t)(uintptr_t)merge ^ (uint64_t)now.tv_nsec << 32;
    }
    *ret = merge;
    return 0;
}

void counts_merge_free(struct counts_merge *merge)
{
    if (!merge)
        return;
    free(merge->slots);
    free(merge->words);
    buffer_deinit(&merge->arena);
    free(merge);
}

static int grow(struct counts_merge *merge)
{
    size_t n = merge->n_slots ? merge->n_slots * 2 : MERGE_MIN_SLOTS;
    uint32_t *slots;

    if (n / 2 >= UINT32_MAX)
        return -ENOMEM;
    slots = calloc(n, sizeof(*slots));
    if (!slots)
        return -ENOMEM;
    for (size_t i = 0; i < merge->n_words; i++) {
        size_t at = merge->words[i].hash & (n - 1);

        while (slots[at] != 0)
            at = (at + 1) & (n - 1);
        slots[at] = (uint32_t)i + 1;
    }
    free(merge->slots);
    merge->slots = slots;
    merge->n_slots = n;
    return 0;
}

static int insert(struct counts_merge *merge, uint32_t *slot, uint64_t hash, const char *word,
    uint32_t length, struct merge_word **ret)
{
    size_t offset = merge->arena.size;
    int r;

    r = array_reserve_one(&merge->words, merge->n_words, &merge->max_words, sizeof(*merge->words));
    if (r == 0)
        r = buffer_append(&merge->arena, word, length);
    if (r < 0)
        return r;
    merge->words[merge->n_words] = (struct merge_word){.hash = hash, .offset = offset, .length = length};
    *ret = &merge->words[merge->n_words++];
    *slot = (uint32_t)merge->n_words;
    return 0;
}

static int find_or_insert(
    struct counts_merge *merge, const char *word, uint32_t length, struct merge_word **ret)
{
    uint64_t hash = XXH3_64bits_withSeed(word, length, merge->seed);
    size_t at;

    if (merge->n_words >= merge->n_slots / 2) {
        int r = grow(merge);

        if (r < 0)
            return r;
    }
    at = hash & (merge->n_slots - 1);
    for (; merge->slots[at] != 0; at = (at + 1) & (merge->n_slots - 1)) {
        struct merge_word *found = &merge->words[merge->slots[at] - 1];

        if (found->hash == hash && found->length == length &&
            memcmp(merge->arena.bytes + found->offset, word, length) == 0) {
            *ret = found;
            return 0;
        }
    }
    return insert(merge, &merge->slots[at], hash, word, length, ret);
}

int counts_merge_add(
    struct counts_merge *merge, const char *word, uint32_t length, const struct counts_sum *sum)
{
    struct merge_word *found;
    int r = find_or_insert(merge, word, length, &found);

    if (r < 0)
        return r;
    found->sum.tokens += sum->tokens;
    found->sum.pages += sum->pages;
    found->sum.hosts += sum->hosts;
    merge->tokens += sum->tokens;
    return 0;
}

int counts_merge_add_page(struct counts_merge *merge, const struct words_counts *counts)
{
    size_t n = words_counts_distinct(counts);

    for (size_t i = 0; i < n; i++) {
        struct words_word word = words_counts_get(counts, i);
        struct counts_sum sum = {.tokens = word.tokens, .pages = 1, .hosts = 1};
        int r = counts_merge_add(merge, word.text, word.length, &sum);

        if (r < 0)
            return r;
    }
    return 0;
}

int counts_merge_add_merge(struct counts_merge *merge, const struct counts_merge *other)
{
    int r = 0;

    for (size_t i = 0; i < other->n_words && r == 0; i++) {
        const struct merge_word *word = &other->words[i];

        r = counts_merge_add(
            merge, (const char *)other->arena.bytes + word->offset, word->length, &word->sum);
    }
    return r;
}

struct counts_sum counts_merge_get(const struct counts_merge *merge, const char *word, uint32_t length)
{
    uint64_t hash = XXH3_64bits_withSeed(word, length, merge->seed);

    for (size_t at = hash; merge->n_slots > 0; at++) {
        uint32_t slot = merge->slots[at & (merge->n_slots - 1)];
        const struct merge_word *found = slot > 0 ? &merge->words[slot - 1] : NULL;

        if (!found)
            break;
        if (found->hash == hash && found->length == length &&
            memcmp(merge->arena.bytes + found->offset, word, length) == 0)
            return found->sum;
    }
    return (struct counts_sum){0};
}

uint64_t counts_merge_tokens(const struct counts_merge *merge)
{
    return merge->tokens;
}

uint64_t counts_merge_distinct(const struct counts_merge *merge)
{
    return merge->n_words;
}

int counts_merge_rank(
    const struct counts_merge *merge, const struct counts_filter *filter, struct counts_ranking *ranking)
{
    for (size_t i = 0; i < merge->n_words; i++) {
        const struct merge_word *word = &merge->words[i];
        struct counts_entry entry = {
            .word = (const char *)merge->arena.bytes + word->offset,
            .length = word->length,
            .tokens = word->sum.tokens,
            .pages = word->sum.pages,
            .hosts = word->sum.hosts,
        };
        int r = 0;

        if (counts_filter_passes(filter, entry.word, entry.length))
            r = counts_ranking_add(ranking, &entry);
        if (r < 0)
            return r;
    }
    return 0;
}
