#include "words/result.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct result_entry {
    uint64_t tokens;
    size_t offset;
    uint32_t length;
    uint32_t hash;
};

/* The entries are followed by the text of the keys. */
struct words_counts {
    uint64_t tokens;
    size_t distinct;
    size_t memory;
    struct result_entry entries[];
};

/* Keys are copied by whole units; what is written too much, the next key overwrites. */
static void fill(struct words_counts *counts, const struct table *table)
{
    uint8_t *text = (uint8_t *)(counts->entries + counts->distinct);
    const struct table_record *record = NULL;
    size_t offset = 0, n = 0;

    while ((record = table_next(table, record))) {
        for (size_t at = 0; at < record->length; at += TABLE_UNIT)
            memcpy(text + offset + at, record->key + at, TABLE_UNIT);
        counts->entries[n++] = (struct result_entry){
            .tokens = record->tokens, .offset = offset, .length = record->length, .hash = record->hash};
        offset += record->length;
    }
    assert(n == counts->distinct);
}

int words_counts_new(const struct table *table, struct words_counts **ret)
{
    size_t n = table->n_records;
    size_t memory =
        sizeof(struct words_counts) + n * sizeof(struct result_entry) + table->text_size + TABLE_UNIT;
    struct words_counts *counts = malloc(memory);

    if (!counts)
        return -ENOMEM;
    *counts = (struct words_counts){.tokens = table->tokens, .distinct = n, .memory = memory};
    fill(counts, table);
    *ret = counts;
    return 0;
}

int words_counts_of(const struct words_word *words, size_t n, struct words_counts **ret)
{
    size_t memory = sizeof(struct words_counts) + n * sizeof(struct result_entry);
    struct words_counts *counts;
    size_t offset = 0;
    uint8_t *text;

    for (size_t i = 0; i < n; i++)
        memory += words[i].length;
    counts = malloc(memory);
    if (!counts)
        return -ENOMEM;
    *counts = (struct words_counts){.distinct = n, .memory = memory};
    text = (uint8_t *)(counts->entries + n);
    for (size_t i = 0; i < n; i++) {
        counts->entries[i] = (struct result_entry){.tokens = words[i].tokens,
            .offset = offset,
            .length = words[i].length,
            .hash = words_hash(words[i].text, words[i].length)};
        memcpy(text + offset, words[i].text, words[i].length);
        counts->tokens += words[i].tokens;
        offset += words[i].length;
    }
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
        .hash = counts->entries[index].hash,
        .tokens = counts->entries[index].tokens,
    };
}

size_t words_counts_memory(const struct words_counts *counts)
{
    return counts->memory;
}
