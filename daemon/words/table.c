#include "words/table.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define XXH_INLINE_ALL
#include <xxhash.h>

#define TABLE_MIN_SLOTS 1024
/* What _clear keeps: enough for all but exceptional pages. */
#define TABLE_KEPT_SLOTS 16384
#define TABLE_KEPT_ARENA (256 * 1024)

static uint64_t table_seed;

void table_init_secret(void)
{
    struct timespec now;

    if (getrandom(&table_seed, sizeof(table_seed), GRND_NONBLOCK) == sizeof(table_seed))
        return;
    /* Before the kernel has random numbers, an address and the time must do. */
    clock_gettime(CLOCK_MONOTONIC, &now);
    table_seed = (uint64_t)(uintptr_t)&now ^ ((uint64_t)now.tv_nsec << 32);
}

void table_deinit(struct table *table)
{
    free(table->slots);
    free(table->entries);
    buffer_deinit(&table->arena);
    *table = (struct table){0};
}

void table_clear(struct table *table)
{
    if (table->n_slots > TABLE_KEPT_SLOTS || table->arena.capacity > TABLE_KEPT_ARENA) {
        table_deinit(table);
        return;
    }
    if (table->n_entries > 0)
        memset(table->slots, 0, table->n_slots * sizeof(*table->slots));
    table->n_entries = 0;
    table->arena.size = 0;
    table->tokens = 0;
}

static int table_grow(struct table *table)
{
    size_t n = table->n_slots ? table->n_slots * 2 : TABLE_MIN_SLOTS;
    struct table_entry *entries;
    struct table_slot *slots;

    if (n / 2 >= UINT32_MAX)
        return -ENOMEM;
    entries = reallocarray(table->entries, n / 2, sizeof(*entries));
    if (!entries)
        return -ENOMEM;
    table->entries = entries;
    slots = calloc(n, sizeof(*slots));
    if (!slots)
        return -ENOMEM;
    for (size_t i = 0; i < table->n_slots; i++) {
        size_t at = table->slots[i].hash & (n - 1);

        if (table->slots[i].entry == 0)
            continue;
        while (slots[at].entry != 0)
            at = (at + 1) & (n - 1);
        slots[at] = table->slots[i];
    }
    free(table->slots);
    table->slots = slots;
    table->n_slots = n;
    table->max_entries = n / 2;
    return 0;
}

static int table_insert(
    struct table *table, struct table_slot *slot, uint32_t hash, const uint8_t *key, uint32_t length)
{
    size_t offset = table->arena.size;
    int r = buffer_append(&table->arena, key, length);

    if (r < 0)
        return r;
    table->entries[table->n_entries++] =
        (struct table_entry){.tokens = 1, .offset = offset, .length = length};
    *slot = (struct table_slot){.hash = hash, .entry = (uint32_t)table->n_entries};
    table->tokens++;
    return 0;
}

int table_add(struct table *table, const uint8_t *key, uint32_t length)
{
    uint32_t hash = (uint32_t)XXH3_64bits_withSeed(key, length, table_seed);
    size_t at;

    if (table->n_entries == table->max_entries) {
        int r = table_grow(table);

        if (r < 0)
            return r;
    }
    at = hash & (table->n_slots - 1);
    for (; table->slots[at].entry != 0; at = (at + 1) & (table->n_slots - 1)) {
        struct table_entry *entry = &table->entries[table->slots[at].entry - 1];

        if (table->slots[at].hash != hash || entry->length != length)
            continue;
        if (memcmp(table->arena.bytes + entry->offset, key, length) == 0) {
            entry->tokens++;
            table->tokens++;
            return 0;
        }
    }
    return table_insert(table, &table->slots[at], hash, key, length);
}
