#include "words/result.h"

#include "base/cleanup.h"
#include <assert.h>
#include <endian.h>
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
    size_t unit; /* of its record */
};

static struct sort_item make_item(const struct table *table, const struct table_record *record)
{
    uint64_t prefix;

    _Static_assert(TABLE_UNIT >= sizeof(prefix), "zeros follow a shorter key");
    memcpy(&prefix, record->key, sizeof(prefix));
    return (struct sort_item){
        .prefix = be64toh(prefix),
        .unit = (size_t)((const uint8_t *)record - table->arena.bytes) / TABLE_UNIT,
    };
}

static int compare_items(const void *left, const void *right, void *userdata)
{
    const struct sort_item *a = left, *b = right;
    const struct table_record *x = table_at(userdata, a->unit), *y = table_at(userdata, b->unit);
    uint32_t shorter = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->key, y->key, shorter);

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

static void fill(struct words_counts *counts, const struct table *table, const struct sort_item *sorted)
{
    char *text = (char *)(counts->entries + counts->distinct);
    size_t offset = 0;

    for (size_t i = 0; i < counts->distinct; i++) {
        const struct table_record *record = table_at(table, sorted[i].unit);

        memcpy(text + offset, record->key, record->length);
        counts->entries[i] =
            (struct result_entry){.tokens = record->tokens, .offset = offset, .length = record->length};
        offset += record->length;
    }
}

int words_counts_new(const struct table *table, struct words_counts **ret)
{
    size_t n = table->n_records, i = 0;
    size_t memory = sizeof(struct words_counts) + n * sizeof(struct result_entry) + table->text_size;
    CLEANUP(freep) struct sort_item *items = reallocarray(NULL, n ? n : 1, 2 * sizeof(*items));
    struct words_counts *counts = malloc(memory);

    if (!items || !counts) {
        free(counts);
        return -ENOMEM;
    }
    for (const struct table_record *record = NULL; (record = table_next(table, record));)
        items[i++] = make_item(table, record);
    assert(i == n);
    *counts = (struct words_counts){.tokens = table->tokens, .distinct = n, .memory = memory};
    fill(counts, table, sort_items(items, n, table));
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
