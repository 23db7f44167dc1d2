/* Keys with their counts, for one page: an open hash table over an arena of records, which grow and are kept
 * over _clear. Owner: a page. Thread: one at a time. */
#pragma once

#include "base/array.h"
#include "words/key.h"
#include "words/plain.h"
#include <stddef.h>
#include <stdint.h>

/* Of TABLE_UNIT bytes and then the key, filled up with zeros to whole units. */
struct table_record {
    uint64_t tokens;
    uint32_t length; /* of the key, in bytes */
    uint32_t hash;   /* words_hash() */
    uint8_t key[];
};
#define TABLE_UNIT KEY_UNIT

struct table_slot {
    uint32_t hash;
    uint32_t record; /* units from the arena's begin, + 1; 0: free */
};

struct table {
    struct table_slot *slots; /* never more than half are taken, of few a quarter */
    size_t n_slots;           /* a power of two, or 0; the memory may be of more */
    size_t n_records;
    size_t text_size; /* of all keys */
    struct buffer arena;
    uint64_t tokens; /* of all records */
};

void table_deinit(struct table *table);

/* Forgets the words. Keeps the memory, unless a page of exceptional size has left more than a page needs. */
void table_clear(struct table *table);

/* One more token of the key, which is not empty, and filled up with zeros to whole units. Returns 0 or
 * -ENOMEM.
 */
int table_add(struct table *table, const uint8_t *key, uint32_t length);

/* One more token of each. Returns 0, or -ENOMEM: then some are missing. */
int table_add_plain(struct table *table, const struct plain_words *words);

/* The records one after the other; NULL begins, NULL is the end. */
const struct table_record *table_next(const struct table *table, const struct table_record *record);

static inline const struct table_record *table_at(const struct table *table, size_t unit)
{
    return (const struct table_record *)(const void *)(table->arena.bytes + unit * TABLE_UNIT);
}
