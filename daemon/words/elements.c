#include "words/elements.h"

#include <string.h>

#define N_SLOTS 1024

static const char *const names[N_ELEMENTS] = {
    [ELEMENT_OTHER] = "",
#define ELEMENT(id, name, flags) [ELEMENT_##id] = name,
#include "words/elements.inc"
#undef ELEMENT
};

const uint32_t element_flags[N_ELEMENTS] = {
#define ELEMENT(id, name, flags) [ELEMENT_##id] = (flags),
#include "words/elements.inc"
#undef ELEMENT
};

static uint64_t hashes[N_ELEMENTS];
static uint8_t slots[N_SLOTS]; /* an element, by the upper bits of its hash, or after it */

struct element_key element_keys[1 << ELEMENT_KEY_BITS];

_Static_assert(N_ELEMENTS < UINT8_MAX, "elements fit a slot");

static uint64_t hash_name(const char *name)
{
    uint64_t hash = ELEMENT_HASH_START;

    while (*name)
        hash = element_hash(hash, (uint8_t)*name++);
    return hash;
}

static uint64_t key_of(const char *name)
{
    uint64_t key = 0;

    for (size_t i = 0; name[i]; i++)
        key |= (uint64_t)(uint8_t)name[i] << (8 * i);
    return key;
}

static size_t next_slot(size_t slot)
{
    return (slot + 1) % (1 << ELEMENT_KEY_BITS);
}

static void add_key(uint64_t key, enum element element)
{
    size_t slot = element_key_slot(key);

    while (element_keys[slot].element != ELEMENT_OTHER)
        slot = next_slot(slot);
    element_keys[slot] = (struct element_key){.key = key, .element = element};
}

enum element element_from_later_key(uint64_t key, size_t slot)
{
    while (element_keys[slot].element != ELEMENT_OTHER && element_keys[slot].key != key)
        slot = next_slot(slot);
    return element_keys[slot].element;
}

void elements_init(void)
{
    memset(slots, 0, sizeof(slots));
    memset(element_keys, 0, sizeof(element_keys));
    for (unsigned element = ELEMENT_OTHER + 1; element < N_ELEMENTS; element++) {
        size_t at;

        hashes[element] = hash_name(names[element]);
        at = hashes[element] >> 54;
        while (slots[at] != 0)
            at = (at + 1) % N_SLOTS;
        slots[at] = (uint8_t)element;
        if (strlen(names[element]) <= ELEMENT_MAX_KEY)
            add_key(key_of(names[element]), (enum element)element);
    }
}

enum element element_from_hash(uint64_t hash)
{
    for (size_t at = hash >> 54; slots[at] != 0; at = (at + 1) % N_SLOTS)
        if (hashes[slots[at]] == hash)
            return (enum element)slots[at];
    return ELEMENT_OTHER;
}

const char *element_name(enum element element)
{
    return names[element];
}
