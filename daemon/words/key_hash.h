/* Keys by their units, and their hash, which is keyed with a secret of the process: who writes a page cannot
 * choose keys that collide. Thread: any, after key_hash_init(). */
#pragma once

#include "words/key.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Of KEY_UNIT bytes, as they stand in memory; the last one of a key is filled up with zeros. */
struct key_unit {
    uint64_t low, high;
};

extern struct key_unit key_secret;

/* Draws the secret. Once per process, before anything is hashed. */
void key_hash_init(void);

static inline size_t key_units(uint32_t length)
{
    return (length + KEY_UNIT - 1) / KEY_UNIT;
}

static inline struct key_unit key_unit_load(const uint8_t *bytes)
{
    struct key_unit unit;

    memcpy(&unit, bytes, sizeof(unit));
    return unit;
}

/* The first `length` bytes, at most a unit's, and zeros. All of a unit can be read. */
static inline struct key_unit key_unit_load_part(const uint8_t *bytes, size_t length)
{
    static const uint8_t ones_and_zeros[2 * KEY_UNIT] = {
        255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255};
    struct key_unit unit = key_unit_load(bytes), kept = key_unit_load(ones_and_zeros + KEY_UNIT - length);

    return (struct key_unit){.low = unit.low & kept.low, .high = unit.high & kept.high};
}

static inline bool key_unit_is_same(struct key_unit a, struct key_unit b)
{
    return ((a.low ^ b.low) | (a.high ^ b.high)) == 0;
}

/* A key's hash: it begins with the length in bytes, takes unit by unit, and ends. */
static inline uint64_t key_hash_begin(uint32_t length)
{
    return key_secret.low ^ length;
}

/* Each half is mixed with a secret, and what was there before; then they are multiplied, and both halves of
 * the product kept. */
static inline uint64_t key_hash_add(uint64_t hash, struct key_unit unit)
{
    unsigned __int128 product = (unsigned __int128)(unit.low ^ hash) * (unit.high ^ key_secret.high);

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint32_t key_hash_end(uint64_t hash)
{
    return (uint32_t)(hash ^ hash >> 32);
}
