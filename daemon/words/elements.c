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

_Static_assert(N_ELEMENTS < UINT8_MAX, "elements fit a slot");

static uint64_t hash_name(const char *name)
{
    uint64_t hash = ELEMENT_HASH_START;

    while (*name)
        hash = element_hash(hash, (uint8_t)*name++);
    return hash;
}

void elements_init(void)
{
    memset(slots, 0, sizeof(slots));
    for (unsigned element = ELEMENT_OTHER + 1; element < N_ELEMENTS; element++) {
        size_t at;

        hashes[element] = hash_name(names[element]);
        at = hashes[element] >> 54;
        while (slots[at] != 0)
            at = (at + 1) % N_SLOTS;
        slots[at] = (uint8_t)element;
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
