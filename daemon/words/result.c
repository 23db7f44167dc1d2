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

/* Half of a prefix at a time: of few words, hardly any have the first half in common. */
#define SORT_BYTES 4
/* As many are sorted faster by comparing than by counting. */
#define SORT_FEW 48

/* Sorts by SORT_BYTES bytes of the prefix, those from bit `shift` on, the least significant one first.
 * `other` has room for n. Returns where the sorted ones are: one of both. */
static struct sort_item *sort_by_bytes(
    struct sort_item *items, struct sort_item *other, size_t n, unsigned shift)
{
    uint32_t places[SORT_BYTES][256] = {0};

    for (size_t i = 0; i < n; i++)
        for (unsigned byte = 0; byte < SORT_BYTES; byte++)
            places[byte][items[i].prefix >> (shift + 8 * byte) & 0xFF]++;
    for (unsigned byte = 0; byte < SORT_BYTES; byte++, shift += 8) {
        struct sort_item *sorted = other;
        uint32_t sum = 0;

        if (places[byte][items[0].prefix >> shift & 0xFF] == n)
            continue;
        for (unsigned value = 0; value < 256; value++) {
            uint32_t here = places[byte][value];

            places[byte][value] = sum;
            sum += here;
        }
        for (size_t i = 0; i < n; i++)
            other[places[byte][items[i].prefix >> shift & 0xFF]++] = items[i];
        other = items;
        items = sorted;
    }
    return items;
}

static bool is_before(const struct sort_item *a, const struct sort_item *b, const struct table *table)
{
    return a->prefix != b->prefix ? a->prefix < b->prefix : compare_items(a, b, (void *)table) < 0;
}

static void sort_few(struct sort_item *items, size_t n, const struct table *table)
{
    for (size_t i = 1; i < n; i++) {
        struct sort_item item = items[i];
        size_t at = i;

        for (; at > 0 && is_before(&item, &items[at - 1], table); at--)
            items[at] = items[at - 1];
        items[at] = item;
    }
}

/* The end of those from `first` on whose prefixes are equal to its, from bit `shift` on. */
static size_t equal_end(const struct sort_item *items, size_t first, size_t n, unsigned shift)
{
    size_t end = first + 1;

    while (end < n && (items[end].prefix ^ items[first].prefix) >> shift == 0)
        end++;
    return end;
}

/* Sorts in place n items that have the first half of their prefixes in common. */
static void sort_half(struct sort_item *items, struct sort_item *other, size_t n, const struct table *table)
{
    if (n <= SORT_FEW) {
        sort_few(items, n, table);
        return;
    }
    if (sort_by_bytes(items, other, n, 0) != items)
        memcpy(items, other, n * sizeof(*items));
    for (size_t first = 0, end; first < n; first = end) {
        end = equal_end(items, first, n, 0);
        if (end - first <= SORT_FEW)
            sort_few(items + first, end - first, table);
        else
            qsort_r(items + first, end - first, sizeof(*items), compare_items, (void *)table);
    }
}

/* Sorts n items with room for n more behind them, in linear time as long as their first eight bytes differ.
 * Returns where the sorted ones are. */
static struct sort_item *sort_items(struct sort_item *items, size_t n, const struct table *table)
{
    struct sort_item *sorted, *other;

    if (n <= SORT_FEW) {
        sort_few(items, n, table);
        return items;
    }
    sorted = sort_by_bytes(items, items + n, n, 32);
    other = sorted == items ? items + n : items;
    for (size_t first = 0, end; first < n; first = end) {
        end = equal_end(sorted, first, n, 32);
        sort_half(sorted + first, other, end - first, table);
    }
    return sorted;
}

/* Records are in the order in which they came: each is somewhere else. */
#define PREFETCH_AHEAD 8

/* Keys are copied by whole units; what is written too much, the next key overwrites. */
static void fill(struct words_counts *counts, const struct table *table, const struct sort_item *sorted)
{
    uint8_t *text = (uint8_t *)(counts->entries + counts->distinct);
    size_t offset = 0, n = counts->distinct;

    for (size_t i = 0; i < n; i++) {
        const struct table_record *record = table_at(table, sorted[i].unit);

        __builtin_prefetch(table_at(table, sorted[i + PREFETCH_AHEAD < n ? i + PREFETCH_AHEAD : i].unit));
        for (size_t at = 0; at < record->length; at += TABLE_UNIT)
            memcpy(text + offset + at, record->key + at, TABLE_UNIT);
        counts->entries[i] =
            (struct result_entry){.tokens = record->tokens, .offset = offset, .length = record->length};
        offset += record->length;
    }
}

int words_counts_new(const struct table *table, struct words_counts **ret)
{
    size_t n = table->n_records, i = 0;
    size_t memory =
        sizeof(struct words_counts) + n * sizeof(struct result_entry) + table->text_size + TABLE_UNIT;
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
