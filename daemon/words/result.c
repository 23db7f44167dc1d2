#include "words/result.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct result_entry {
    uint64_t tokens;
    size_t offset;
    uint32_t length;
};

/* The entries are followed by the text of the keys. */
struct words_counts {
    uint64_t tokens;
    size_t distinct;
    size_t memory;
    struct result_entry entries[];
};

/* What a comparison mostly needs, without touching the arena: the key's first eight bytes, big-endian. */
struct sort_item {
    uint64_t prefix;
    uint32_t entry;
};

static uint64_t key_prefix(const uint8_t *key, uint32_t length)
{
    uint64_t prefix = 0;

    if (length >= 8) {
        memcpy(&prefix, key, 8);
        return __builtin_bswap64(prefix);
    }
    for (uint32_t i = 0; i < length; i++)
        prefix |= (uint64_t)key[i] << (56 - 8 * i);
    return prefix;
}

static int compare_items(const void *left, const void *right, void *userdata)
{
    const struct sort_item *a = left, *b = right;
    const struct table *table = userdata;
    const struct table_entry *x, *y;
    uint32_t shorter;
    int order;

    if (a->prefix != b->prefix)
        return a->prefix < b->prefix ? -1 : 1;
    x = &table->entries[a->entry];
    y = &table->entries[b->entry];
    shorter = x->length < y->length ? x->length : y->length;
    order = memcmp(table->arena.bytes + x->offset, table->arena.bytes + y->offset, shorter);
    if (order != 0)
        return order;
    return x->length < y->length ? -1 : x->length > y->length;
}

/* Least significant byte first, over 16 bit digits that differ at all; keys with equal prefixes are then put
 * in order. */
static void sort_items(struct sort_item *items, size_t n, const struct table *table)
{
    for (size_t i = 0; i < n; i++) {
        const struct table_entry *entry = &table->entries[i];

        items[i].prefix = key_prefix(table->arena.bytes + entry->offset, entry->length);
        items[i].entry = (uint32_t)i;
    }
    qsort_r(items, n, sizeof(*items), compare_items, (void *)table);
}

int words_counts_new(const struct table *table, struct words_counts **ret)
{
    size_t n = table->n_entries;
    size_t memory = sizeof(struct words_counts) + n * sizeof(struct result_entry) + table->arena.size;
    struct sort_item *items;
    struct words_counts *counts;
    size_t offset = 0;
    char *text;

    items = reallocarray(NULL, n ? n : 1, sizeof(*items));
    counts = malloc(memory);
    if (!items || !counts) {
        free(items);
        free(counts);
        return -ENOMEM;
    }
    sort_items(items, n, table);
    counts->tokens = table->tokens;
    counts->distinct = n;
    counts->memory = memory;
    text = (char *)(counts->entries + n);
    for (size_t i = 0; i < n; i++) {
        const struct table_entry *entry = &table->entries[items[i].entry];

        memcpy(text + offset, table->arena.bytes + entry->offset, entry->length);
        counts->entries[i] =
            (struct result_entry){.tokens = entry->tokens, .offset = offset, .length = entry->length};
        offset += entry->length;
    }
    free(items);
    *ret = counts;
    return 0;
}

void words_counts_free(struct words_counts *counts)
{
    free(counts);
}

uint64_t words_counts_tokens(const struct words_counts *counts)
{
    return counts->tokens;
}

size_t words_counts_distinct(const struct words_counts *counts)
{
    return counts->distinct;
}

struct words_word words_counts_get(const struct words_counts *counts, size_t index)
{
    const char *text = (const char *)(counts->entries + counts->distinct);

    assert(index < counts->distinct);
    return (struct words_word){
        .text = text + counts->entries[index].offset,
        .length = counts->entries[index].length,
        .tokens = counts->entries[index].tokens,
    };
}

size_t words_counts_memory(const struct words_counts *counts)
{
    return counts->memory;
}
