/* The elements of HTML, as far as they decide which text counts and where a word ends. Thread: any, after
 * elements_init(). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum element {
    ELEMENT_OTHER, /* any that is laid out inline and has no rule of its own */
#define ELEMENT(id, name, flags) ELEMENT_##id,
#include "words/elements.inc"
#undef ELEMENT
    N_ELEMENTS,
};

enum element_flag {
    FLAG_BLOCK = 1 << 0,     /* ends a word on both sides, stands on lines of its own */
    FLAG_CELL = 1 << 1,      /* likewise, on a line with its neighbours */
    FLAG_BOX = 1 << 2,       /* a box in the line: ends a word on both sides */
    FLAG_UNSEEN = 1 << 3,    /* never counted, with all inside it */
    FLAG_VOID = 1 << 4,      /* has no content */
    FLAG_CLOSES_P = 1 << 5,  /* its start ends an open p */
    FLAG_SPECIAL = 1 << 6,   /* HTML's "special" category: inline end tags do not reach beyond it */
    FLAG_BARRIER = 1 << 7,   /* end tags do not reach beyond it ("scope") */
    FLAG_REACHES = 1 << 8,   /* its end tag ends all that is open inside it */
    FLAG_TABLE = 1 << 9,     /* its tags end an open cell, as parts of a table do */
    FLAG_BREAKOUT = 1 << 10, /* its start ends foreign content (svg, math) */
    FLAG_RCDATA = 1 << 11,   /* text with character references up to its end tag */
    FLAG_RAWTEXT = 1 << 12,  /* text up to its end tag */
    FLAG_SCRIPT = 1 << 13,
    FLAG_PLAINTEXT = 1 << 14, /* text up to the end of the page */
    FLAG_HEADING = 1 << 15,
    FLAG_PRE = 1 << 16,        /* lines are kept as they are */
    FLAG_FORMATTING = 1 << 17, /* opened anew after what contained it has ended */
    FLAG_FOREIGN = 1 << 18,    /* inside of it is no HTML */
    FLAG_OWN = 1 << 19,        /* has a rule that no other has */
    FLAG_ROOT = 1 << 20,       /* there is one in a page, whatever its tags say */
};

/* Those of elements that mean nothing to text while they are seen: only how many are open must be known. */
#define FLAGS_PLAIN (FLAG_BREAKOUT | FLAG_FORMATTING)

/* Those of elements whose start and end mean more than an open element and an end of a word. */
#define FLAGS_RARE                                                                                           \
    (FLAG_UNSEEN | FLAG_VOID | FLAG_RCDATA | FLAG_RAWTEXT | FLAG_SCRIPT | FLAG_PLAINTEXT | FLAG_FOREIGN |    \
        FLAG_OWN)

/* The hash by which names are told apart, fed byte by byte, in lower case. */
#define ELEMENT_HASH_START UINT64_C(0xcbf29ce484222325)
static inline uint64_t element_hash(uint64_t hash, uint8_t byte)
{
    return (hash ^ byte) * UINT64_C(0x100000001b3);
}

void elements_init(void);
enum element element_from_hash(uint64_t hash);

/* A name of up to ELEMENT_MAX_KEY bytes as a number: its first byte is the lowest one, and those that it
 * lacks are zero. */
#define ELEMENT_MAX_KEY 8
#define ELEMENT_KEY_BITS 9
struct element_key {
    uint64_t key;
    enum element element;
};
extern struct element_key element_keys[1 << ELEMENT_KEY_BITS];

/* By a factor under which hardly two of HTML's names meet. */
static inline size_t element_key_slot(uint64_t key)
{
    return (size_t)(key * UINT64_C(0x6F5BAC6426E298ED) >> (64 - ELEMENT_KEY_BITS));
}

/* Where it is not in its own slot, it may be in one that follows. */
enum element element_from_later_key(uint64_t key, size_t slot);

static inline enum element element_from_key(uint64_t key)
{
    const struct element_key *own = &element_keys[element_key_slot(key)];

    return own->key == key ? own->element : element_from_later_key(key, element_key_slot(key));
}

const char *element_name(enum element element);
extern const uint32_t element_flags[N_ELEMENTS];

static inline bool element_has(enum element element, uint32_t flag)
{
    return (element_flags[element] & flag) != 0;
}
