#include "words/dictionary_joints.h"

#include <pthread.h>
#include <string.h>
#include <unicode/udata.h>

/* Sets of hashes, each a line of the processor's cache: what is not in them was never put in. A pair of
 * neighbours, and the contexts that it has, are all in one, so that a place needs only this line. For 250,000
 * pairs and 500,000 contexts. */
#define SET_BITS 9
#define N_SETS_BITS 14
static _Alignas(64) uint64_t sets[1 << N_SETS_BITS][(1 << SET_BITS) / 64];

/* The dictionary could not be read: anything may join. */
static bool unknown;

/* Stands in a context for what is before and behind a word. */
#define NOTHING 0

struct pair {
    uint64_t *set;
    uint32_t bit;          /* of the pair */
    uint32_t context_bits; /* see context_bit() */
};

static struct pair pair_of(uint16_t left, uint16_t right)
{
    uint64_t hash = ((uint64_t)left << 16 | right) * UINT64_C(0x9E3779B97F4A7C15);

    hash = (hash ^ hash >> 32) * UINT64_C(0xD6E8FEB86659FD93);
    return (struct pair){sets[hash >> (64 - N_SETS_BITS)], (uint32_t)(hash >> 32), (uint32_t)(hash >> 16)};
}

static uint32_t context_bit(const struct pair *pair, uint16_t before, uint16_t behind)
{
    return pair->context_bits ^ (before * UINT32_C(0x9E3779B1)) >> (32 - SET_BITS) ^
        (behind * UINT32_C(0x85EBCA6B)) >> (32 - SET_BITS);
}

static void set_bit(const struct pair *pair, uint32_t bit)
{
    bit %= 1 << SET_BITS;
    pair->set[bit / 64] |= (uint64_t)1 << bit % 64;
}

/* 1 or 0. */
static unsigned has_bit(const struct pair *pair, uint32_t bit)
{
    bit %= 1 << SET_BITS;
    return pair->set[bit / 64] >> bit % 64 & 1;
}

/* The dictionary's form: eight 32-bit words, then a trie over UTF-16 (ICU's UCharsTrie), in units of 16 bits.
 */
enum header_word {
    HEADER_TRIE = 0, /* where it begins */
    HEADER_SIZE = 3,
    HEADER_KIND = 4, /* in the low three bits */
};
#define KIND_UTF16 1

#define MAX_WORD 64

struct walk {
    const uint16_t *trie, *end;
    uint16_t word[MAX_WORD];
    bool failed;
};

static uint16_t unit(struct walk *walk, const uint16_t **at)
{
    if (*at >= walk->trie && *at < walk->end)
        return *(*at)++;
    walk->failed = true;
    return 0;
}

/* A number that follows `lead`: none up to `two`, then one unit and what `lead` has beyond, from `three` on
 * two. */
static uint32_t number(struct walk *walk, const uint16_t **at, uint16_t lead, uint16_t two, uint16_t three)
{
    uint32_t high;

    if (lead < two)
        return lead;
    high = lead < three ? (uint32_t)(lead - two) : unit(walk, at);
    return high << 16 | unit(walk, at);
}

/* The `n`-th unit of some word, or NOTHING where one ends. The units before it are in `walk->word`. */
static void add_unit(struct walk *walk, size_t n, uint16_t value)
{
    uint16_t *word = walk->word;

    if (n >= MAX_WORD) {
        walk->failed = true;
        return;
    }
    word[n] = value;
    if (n > 0 && value != NOTHING) {
        struct pair pair = pair_of(word[n - 1], value);

        set_bit(&pair, pair.bit);
    }
    if (n > 1) {
        struct pair pair = pair_of(word[n - 2], word[n - 1]);

        set_bit(&pair, context_bit(&pair, n > 2 ? word[n - 3] : NOTHING, value));
    }
}

/* Whether words go on behind the value that begins with `lead`. */
static bool skip_value(struct walk *walk, const uint16_t **at, uint16_t lead)
{
    if (lead & 0x8000) {
        (void)number(walk, at, lead & 0x7FFF, 0x4000, 0x7FFF);
        return false;
    }
    (void)number(walk, at, lead, 0x4040, 0x7FC0);
    return true;
}

static void walk_node(struct walk *walk, const uint16_t *at, size_t n);

/* A choice of `length` units: a binary search down to five, then a list. */
static void walk_branch(struct walk *walk, const uint16_t *at, size_t length, size_t n)
{
    uint16_t value, lead;
    uint32_t delta;

    while (length > 5 && !walk->failed) {
        (void)unit(walk, &at);
        lead = unit(walk, &at);
        delta = number(walk, &at, lead, 0xFC00, 0xFFFF);
        walk_branch(walk, at + delta, length >> 1, n);
        length -= length >> 1;
    }
    for (; length > 1 && !walk->failed; length--) {
        value = unit(walk, &at);
        add_unit(walk, n, value);
        lead = unit(walk, &at);
        if (lead & 0x8000) {
            (void)skip_value(walk, &at, lead);
            add_unit(walk, n + 1, NOTHING);
        } else {
            delta = number(walk, &at, lead, 0x4000, 0x7FFF);
            walk_node(walk, at + delta, n + 1);
        }
    }
    value = unit(walk, &at);
    add_unit(walk, n, value);
    walk_node(walk, at, n + 1);
}

/* All words that begin with the `n` units in `walk->word`. */
static void walk_node(struct walk *walk, const uint16_t *at, size_t n)
{
    while (!walk->failed) {
        uint16_t lead = unit(walk, &at);

        if (lead >= 0x40) {
            add_unit(walk, n, NOTHING);
            if (!skip_value(walk, &at, lead))
                return;
            lead &= 0x3F;
        }
        if (lead < 0x30) {
            size_t length = lead > 0 ? lead : unit(walk, &at);

            walk_branch(walk, at, length + 1, n);
            return;
        }
        for (int i = lead - 0x30; i >= 0 && !walk->failed; i--)
            add_unit(walk, n++, unit(walk, &at));
    }
}

static void load(void)
{
    UErrorCode status = U_ZERO_ERROR;
    UDataMemory *data = udata_open(U_ICUDATA_NAME "-brkitr", "dict", "cjdict", &status);
    struct walk walk = {0};
    const int32_t *header;

    unknown = true;
    if (U_FAILURE(status))
        return;
    header = udata_getMemory(data);
    if ((header[HEADER_KIND] & 7) == KIND_UTF16) {
        walk.trie = (const uint16_t *)((const char *)header + header[HEADER_TRIE]);
        walk.end = (const uint16_t *)((const char *)header + header[HEADER_SIZE]);
        walk_node(&walk, walk.trie, 0);
        unknown = walk.failed;
    }
    udata_close(data);
}

void joints_load(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;

    (void)pthread_once(&once, load);
}

/* 1 or 0. */
static unsigned is_katakana(uint16_t c)
{
    return (uint16_t)(c - 0x30A1) <= 0x30FE - 0x30A1;
}

/* Without branches, of which the processor would guess half wrong. */
static bool may_join(const struct pair *pair, const uint16_t *text, size_t n, size_t at)
{
    uint16_t before = at > 1 ? text[at - 2] : NOTHING, behind = at + 1 < n ? text[at + 1] : NOTHING;
    unsigned context = has_bit(pair, context_bit(pair, before, behind)) |
        has_bit(pair, context_bit(pair, NOTHING, behind)) |
        has_bit(pair, context_bit(pair, before, NOTHING)) |
        has_bit(pair, context_bit(pair, NOTHING, NOTHING));

    unsigned katakana = is_katakana(text[at - 1]) & is_katakana(text[at]);

    return (has_bit(pair, pair->bit) & context) | katakana;
}

/* Places that are looked at together: while one waits for its memory, so do the others. */
#define GROUP 32

void joints_find(const uint16_t *text, size_t n, bool *ret)
{
    struct pair pairs[GROUP];

    if (unknown) {
        memset(ret, true, n);
        return;
    }
    for (size_t from = 1; from < n; from += GROUP) {
        size_t size = n - from < GROUP ? n - from : GROUP;

        for (size_t i = 0; i < size; i++) {
            pairs[i] = pair_of(text[from + i - 1], text[from + i]);
            __builtin_prefetch(pairs[i].set);
        }
        for (size_t i = 0; i < size; i++)
            ret[from + i] = may_join(&pairs[i], text, n, from + i);
    }
}
