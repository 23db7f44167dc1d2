/* Keys with their counts, for one page: an open hash table over one arena, which grow together and are kept
 * over _clear. The hash is keyed with a secret of the process, so a page cannot choose words that collide.
 * Owner: a page. Thread: one at a time. */
#pragma once

#include "base/array.h"
#include <stddef.h>
#include <stdint.h>

struct table_entry {
    uint64_t tokens;
    size_t offset; /* of the key in the arena */
    uint32_t length;
};

struct table_slot {
    uint32_t hash;
    uint32_t entry; /* index + 1; 0: free */
};

struct table {
    struct table_slot *slots;
    size_t n_slots; /* a power of two, or 0 */
    struct table_entry *entries;
    size_t n_entries;
    size_t max_entries;
    struct buffer arena;
    uint64_t tokens; /* of all entries */
};

/* Draws the secret. Once per process, before any table. */
void table_init_secret(void);

void table_deinit(struct table *table);

/* Forgets the words. Keeps the memory, unless a page of exceptional size has left more than a page needs. */
void table_clear(struct table *table);

/* One more token of the key. Returns 0 or -ENOMEM, and then the table is as it was. */
int table_add(struct table *table, const uint8_t *key, uint32_t length);
