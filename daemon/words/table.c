#include "words/table.h"

#include "words/key_hash.h"
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define TABLE_MIN_SLOTS 1024
/* What _clear keeps: enough for all but exceptional pages. */
#define TABLE_KEPT_SLOTS 32768
#define TABLE_KEPT_ARENA (512 * 1024)

static uint32_t hash_key(const uint8_t *key, uint32_t length)
{
    uint64_t hash = key_hash_begin(length);

    for (size_t i = 0; i < key_units(length); i++)
        hash = key_hash_add(hash, key_unit_load(key + i * TABLE_UNIT));
    return key_hash_end(hash);
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
    /* So that a small page after a large one does not pay for it. */
    if (table->n_slots > TABLE_MIN_SLOTS && table->n_records < table->n_slots / 8)
        table->n_slots /= 2;
    table->n_records = 0;
    table->text_size = 0;
    table->arena.size = 0;
    table->tokens = 0;
}

/* Records come back in the order in which they came: the words that come first are those that come often, and
 * are found at once where they were not displaced. */
static int table_grow(struct table *table)
{
    size_t n = table->n_slots ? table->n_slots * 2 : TABLE_MIN_SLOTS;
    struct table_slot *slots = calloc(n, sizeof(*slots));

    if (!slots)
        return -ENOMEM;
    for (const struct table_record *record = NULL; (record = table_next(table, record));) {
        size_t unit = (size_t)((const uint8_t *)record - table->arena.bytes) / TABLE_UNIT;
        size_t at = record->hash & (n - 1);

        while (slots[at].record != 0)
            at = (at + 1) & (n - 1);
        slots[at] = (struct table_slot){.hash = record->hash, .record = (uint32_t)unit + 1};
    }
    free(table->slots);
    table->slots = slots;
    table->n_slots = n;
    return 0;
}

/* How many records there may be. While it costs little, most slots are free: then almost every word is found
 * at the first one, and the processor guesses right that it is. */
#define TABLE_SPARSE_SLOTS (256 * 1024)

static size_t max_records(const struct table *table)
{
    return table->n_slots <= TABLE_SPARSE_SLOTS ? table->n_slots / 4 : table->n_slots / 2;
}

static int make_room(struct table *table, size_t n)
{
    int r = 0;

    while (r == 0 && table->n_records + n > max_records(table))
        r = table_grow(table);
    return r;
}

/* Where the hash's slots begin to be looked at. There is room for one more record. */
static size_t first_slot(const struct table *table, uint32_t hash)
{
    return hash & (table->n_slots - 1);
}

static size_t next_slot(const struct table *table, size_t slot)
{
    return (slot + 1) & (table->n_slots - 1);
}

/* A new record of one token in a free slot, with room for the key; NULL for lack of memory. */
static uint8_t *insert(struct table *table, struct table_slot *slot, uint32_t hash, uint32_t length)
{
    struct table_record record = {.tokens = 1, .length = length, .hash = hash};
    size_t size = sizeof(record) + key_units(length) * TABLE_UNIT, unit = table->arena.size / TABLE_UNIT;
    uint8_t *bytes;

    if (unit >= UINT32_MAX)
        return NULL;
    if (table->arena.capacity - table->arena.size < size && buffer_reserve(&table->arena, size) < 0)
        return NULL;
    bytes = table->arena.bytes + table->arena.size;
    memcpy(bytes, &record, sizeof(record));
    table->arena.size += size;
    *slot = (struct table_slot){.hash = hash, .record = (uint32_t)unit + 1};
    table->n_records++;
    table->text_size += length;
    return bytes + sizeof(record);
}

static bool same_units(const uint8_t *a, const uint8_t *b, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (!key_unit_is_same(key_unit_load(a + i * TABLE_UNIT), key_unit_load(b + i * TABLE_UNIT)))
            return false;
    return true;
}

int table_add(struct table *table, const uint8_t *key, uint32_t length)
{
    uint32_t hash = hash_key(key, length);
    uint8_t *new_key;
    size_t at;
    int r = make_room(table, 1);

    if (r < 0)
        return r;
    at = first_slot(table, hash);
    for (; table->slots[at].record != 0; at = next_slot(table, at)) {
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
    new_key = insert(table, &table->slots[at], hash, length);
    if (!new_key)
        return -ENOMEM;
    memcpy(new_key, key, key_units(length) * TABLE_UNIT);
    table->tokens++;
    return 0;
}

/* A key of two units at most, on its way into the table. */
struct short_key {
    struct key_unit units[2];
    uint32_t length;
    uint32_t hash;
};
#define TABLE_SHORT (2 * TABLE_UNIT)

/* Words that are looked up as one: while one waits for its memory, so do the others. */
#define TABLE_GROUP 32

static inline void make_short(struct short_key *ret, const uint8_t *word, uint32_t length)
{
    uint64_t hash = key_hash_begin(length);
    struct key_unit last;

    if (length <= TABLE_UNIT) {
        last = ret->units[0] = key_unit_load_part(word, length);
    } else {
        ret->units[0] = key_unit_load(word);
        hash = key_hash_add(hash, ret->units[0]);
        last = ret->units[1] = key_unit_load_part(word + TABLE_UNIT, length - TABLE_UNIT);
    }
    ret->length = length;
    ret->hash = key_hash_end(key_hash_add(hash, last));
}

static inline bool has_short_key(const struct table_record *record, const struct short_key *key)
{
    return record->length == key->length && key_unit_is_same(key_unit_load(record->key), key->units[0]) &&
        (key->length <= TABLE_UNIT ||
            key_unit_is_same(key_unit_load(record->key + TABLE_UNIT), key->units[1]));
}

/* table_add(), but for table->tokens. There is room for one more record. */
static inline int add_short(struct table *table, const struct short_key *key)
{
    size_t at = first_slot(table, key->hash);
    uint8_t *new_key;

    for (; table->slots[at].record != 0; at = next_slot(table, at)) {
        struct table_record *record;

        if (table->slots[at].hash != key->hash)
            continue;
        record = (struct table_record *)table_at(table, table->slots[at].record - 1);
        if (has_short_key(record, key)) {
            record->tokens++;
            return 0;
        }
    }
    new_key = insert(table, &table->slots[at], key->hash, key->length);
    if (!new_key)
        return -ENOMEM;
    memcpy(new_key, key->units, key_units(key->length) * TABLE_UNIT);
    return 0;
}

/* So many slots, and their records, are in the processor's cache anyway. */
#define TABLE_NEAR_SLOTS 4096

static int add_group(struct table *table, const struct short_key *keys, size_t n)
{
    int r = make_room(table, n);
    bool is_far = table->n_slots > TABLE_NEAR_SLOTS;

    for (size_t i = 0; is_far && i < n; i++)
        __builtin_prefetch(&table->slots[first_slot(table, keys[i].hash)]);
    for (size_t i = 0; is_far && i < n; i++) {
        uint32_t record = table->slots[first_slot(table, keys[i].hash)].record;

        /* Of no record, the address is as good as any. */
        __builtin_prefetch(table->arena.bytes + (size_t)record * TABLE_UNIT, 1);
    }
    for (size_t i = 0; r == 0 && i < n; i++)
        r = add_short(table, &keys[i]);
    table->tokens += n;
    return r;
}

/* A plain word that is longer than two units. */
static int add_long(struct table *table, const uint8_t *word, size_t length)
{
    uint8_t key[PLAIN_BLOCK] = {0};

    memcpy(key, word, length);
    return table_add(table, key, (uint32_t)length);
}

int table_add_plain(struct table *table, const struct plain_words *words)
{
    struct short_key keys[TABLE_GROUP];
    size_t n = 0;
    int r = 0;

    for (size_t i = 0; r == 0 && i < words->n; i++) {
        const uint8_t *word = words->keys + words->at[i];

        if (words->length[i] > TABLE_SHORT) {
            r = add_long(table, word, words->length[i]);
            continue;
        }
        make_short(&keys[n], word, words->length[i]);
        if (++n == TABLE_GROUP) {
            r = add_group(table, keys, n);
            n = 0;
        }
    }
    return r < 0 ? r : add_group(table, keys, n);
}

const struct table_record *table_next(const struct table *table, const struct table_record *record)
{
    size_t at = 0;

    if (record)
        at = (size_t)(record->key - table->arena.bytes) + key_units(record->length) * TABLE_UNIT;
    return at < table->arena.size ? table_at(table, at / TABLE_UNIT) : NULL;
}
