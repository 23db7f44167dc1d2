#include "words/table.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

#define TABLE_MIN_SLOTS 1024
/* What _clear keeps: enough for all but exceptional pages. */
#define TABLE_KEPT_SLOTS 16384
#define TABLE_KEPT_ARENA (256 * 1024)

static uint64_t secret[2];

void table_init_secret(void)
{
    struct timespec now;

    if (getrandom(secret, sizeof(secret), GRND_NONBLOCK) != sizeof(secret)) {
        /* Before the kernel has random numbers, an address and the time must do. */
        clock_gettime(CLOCK_MONOTONIC, &now);
        secret[0] = (uint64_t)(uintptr_t)secret;
        secret[1] = (uint64_t)now.tv_nsec << 32 ^ (uint64_t)now.tv_sec;
    }
    /* A factor of few bits would mix little. */
    secret[1] |= UINT64_C(0x8000000000000001);
}

/* Of whole units, each multiplied into what was there by a secret factor, both halves of the product kept. */
static uint32_t hash_key(const uint8_t *key, uint32_t length)
{
    uint64_t hash = secret[0] ^ length, unit;

    for (uint32_t i = 0; i < length; i += TABLE_UNIT) {
        unsigned __int128 product;

        memcpy(&unit, key + i, TABLE_UNIT);
        product = (unsigned __int128)(hash ^ unit) * secret[1];
        hash = (uint64_t)product ^ (uint64_t)(product >> 64);
    }
    return (uint32_t)(hash ^ hash >> 32);
}

void table_deinit(struct table *table)
{
    free(table->slots);
    buffer_deinit(&table->arena);
    *table = (struct table){0};
}

void table_clear(struct table *table)
{
    if (table->n_slots > TABLE_KEPT_SLOTS || table->arena.capacity > TABLE_KEPT_ARENA) {
        table_deinit(table);
        return;
    }
    if (table->n_records > 0)
        memset(table->slots, 0, table->n_slots * sizeof(*table->slots));
    table->n_records = 0;
    table->text_size = 0;
    table->arena.size = 0;
    table->tokens = 0;
    table->n_waiting = 0;
}

static int table_grow(struct table *table)
{
    size_t n = table->n_slots ? table->n_slots * 2 : TABLE_MIN_SLOTS;
    struct table_slot *slots = calloc(n, sizeof(*slots));

    if (!slots)
        return -ENOMEM;
    for (size_t i = 0; i < table->n_slots; i++) {
        size_t at = table->slots[i].hash & (n - 1);

        if (table->slots[i].record == 0)
            continue;
        while (slots[at].record != 0)
            at = (at + 1) & (n - 1);
        slots[at] = table->slots[i];
    }
    free(table->slots);
    table->slots = slots;
    table->n_slots = n;
    return 0;
}

static size_t key_units(uint32_t length)
{
    return (length + TABLE_UNIT - 1) / TABLE_UNIT;
}

static int table_insert(
    struct table *table, struct table_slot *slot, uint32_t hash, const uint8_t *key, uint32_t length)
{
    struct table_record record = {.tokens = 1, .length = length, .hash = hash};
    size_t size = key_units(length) * TABLE_UNIT;
    size_t unit = table->arena.size / TABLE_UNIT;
    int r;

    if (unit >= UINT32_MAX)
        return -ENOMEM;
    r = buffer_reserve(&table->arena, sizeof(record) + size);
    if (r < 0)
        return r;
    memcpy(table->arena.bytes + table->arena.size, &record, sizeof(record));
    memcpy(table->arena.bytes + table->arena.size + sizeof(record), key, size);
    table->arena.size += sizeof(record) + size;
    *slot = (struct table_slot){.hash = hash, .record = (uint32_t)unit + 1};
    table->n_records++;
    table->text_size += length;
    table->tokens++;
    return 0;
}

static bool same_units(const uint8_t *a, const uint8_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        uint64_t x, y;

        memcpy(&x, a + i * TABLE_UNIT, sizeof(x));
        memcpy(&y, b + i * TABLE_UNIT, sizeof(y));
        if (x != y)
            return false;
    }
    return true;
}

static int add_now(struct table *table, const uint8_t *key, uint32_t length, uint32_t hash)
{
    size_t at;

    if (table->n_records >= table->n_slots / 2) {
        int r = table_grow(table);

        if (r < 0)
            return r;
    }
    at = hash & (table->n_slots - 1);
    for (; table->slots[at].record != 0; at = (at + 1) & (table->n_slots - 1)) {
        struct table_record *record;

        if (table->slots[at].hash != hash)
            continue;
        record = (struct table_record *)table_at(table, table->slots[at].record - 1);
        if (record->length == length && same_units(record->key, key, key_units(length))) {
            record->tokens++;
            table->tokens++;
            return 0;
        }
    }
    return table_insert(table, &table->slots[at], hash, key, length);
}

static void prefetch_slot(const struct table *table, uint32_t hash)
{
    if (table->n_slots > 0)
        __builtin_prefetch(&table->slots[hash & (table->n_slots - 1)]);
}

static void prefetch_record(const struct table *table, uint32_t hash)
{
    uint32_t record = table->n_slots > 0 ? table->slots[hash & (table->n_slots - 1)].record : 0;

    if (record > 0)
        __builtin_prefetch(table_at(table, record - 1));
}

int table_flush(struct table *table)
{
    size_t n = table->n_waiting;

    table->n_waiting = 0;
    for (size_t i = 0; i < n; i++)
        prefetch_record(table, table->waiting[i].hash);
    for (size_t i = 0; i < n; i++) {
        const struct table_waiting *waiting = &table->waiting[i];
        int r = add_now(table, waiting->key, waiting->length, waiting->hash);

        if (r < 0)
            return r;
    }
    return 0;
}

int table_add(struct table *table, const uint8_t *key, uint32_t length)
{
    struct table_waiting *waiting = &table->waiting[table->n_waiting];
    uint32_t hash = hash_key(key, length);

    if (length > TABLE_MAX_WAITING_KEY)
        return add_now(table, key, length, hash);
    prefetch_slot(table, hash);
    waiting->hash = hash;
    waiting->length = length;
    for (uint32_t i = 0; i < length; i += TABLE_UNIT)
        memcpy(waiting->key + i, key + i, TABLE_UNIT);
    if (++table->n_waiting == TABLE_MAX_WAITING)
        return table_flush(table);
    return 0;
}

const struct table_record *table_next(const struct table *table, const struct table_record *record)
{
    size_t at = 0;

    if (record)
        at = (size_t)(record->key - table->arena.bytes) + key_units(record->length) * TABLE_UNIT;
    return at < table->arena.size ? table_at(table, at / TABLE_UNIT) : NULL;
}
