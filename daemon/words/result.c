#include "words/result.h"

#include <assert.h>
#include <errno.h>
#include <stdbool.h>
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
    const struct table_entry *x = &table->entries[a->entry], *y = &table->entries[b->entry];
    uint32_t shorter = x->length < y->length ? x->length : y->length;
    int order = memcmp(table->arena.bytes + x->offset, table->arena.bytes + y->offset, shorter);

    if (order != 0)
        return order;
    return x->length < y->length ? -1 : x->length > y->length;
}

/* One pass of a radix sort, by the byte at `shift`. False if that byte is the same in all. */
static bool sort_by_byte(const struct sort_item *from, struct sort_item *to, size_t n, unsigned shift)
{
    size_t places[256] = {0}, sum = 0;

    for (size_t i = 0; i < n; i++)
        places[from[i].prefix >> shift & 0xFF]++;
    if (places[from[0].prefix >> shift & 0xFF] == n)
        return false;
    for (size_t byte = 0; byte < 256; byte++) {
        size_t here = places[byte];

        places[byte] = sum;
        sum += here;
    }
    for (size_t i = 0; i < n; i++)
        to[places[from[i].prefix >> shift & 0xFF]++] = from[i];
    return true;
}

/* Sorts n items with room for n more behind them. By their prefixes first, least significant byte first, in
 * linear time; then those with equal prefixes. Returns where the sorted ones are. */
static struct sort_item *sort_items(struct sort_item *items, size_t n, const struct table *table)
{
    struct sort_item *other = items + n;

    for (unsigned shift = 0; n > 1 && shift < 64; shift += 8)
        if (sort_by_byte(items, other, n, shift)) {
            struct sort_item *sorted = other;

            other = items;
            items = sorted;
        }
    for (size_t first = 0, end; first < n; first = end) {
        for (end = first + 1; end < n && items[end].prefix == items[first].prefix;)
            end++;
        if (end - first > 1)
            qsort_r(items + first, end - first, sizeof(*items), compare_items, (void *)table);
    }
    return items;
}

int words_counts_new(const struct table *table, struct words_counts **ret)
{
    size_t n = table->n_entries;
    size_t memory = sizeof(struct words_counts) + n * sizeof(struct result_entry) + table->arena.size;
    struct sort_item *items, *sorted;
    struct words_counts *counts;
    size_t offset = 0;
    char *text;

    items = reallocarray(NULL, n ? n : 1, 2 * sizeof(*items));
    counts = malloc(memory);
    if (!items || !counts) {
        free(items);
        free(counts);
        return -ENOMEM;
    }
    for (size_t i = 0; i < n; i++) {
        const struct table_entry *entry = &table->entries[i];

        items[i].prefix = key_prefix(table->arena.bytes + entry->offset, entry->length);
        items[i].entry = (uint32_t)i;
    }
    sorted = sort_items(items, n, table);
    counts->tokens = table->tokens;
    counts->distinct = n;
    counts->memory = memory;
    text = (char *)(counts->entries + n);
    for (size_t i = 0; i < n; i++) {
        const struct table_entry *entry = &table->entries[sorted[i].entry];

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
