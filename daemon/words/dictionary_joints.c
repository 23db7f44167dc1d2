#include "words/dictionary_joints.h"

#include <pthread.h>
#include <string.h>
#include <unicode/udata.h>

/* Sets of hashes: what is not in them was never put in. For 250,000 pairs and 500,000 contexts. */
#define PAIR_BITS 21
#define CONTEXT_BITS 23
static uint64_t pairs[(1 << PAIR_BITS) / 64];
static uint64_t contexts[(1 << CONTEXT_BITS) / 64];

/* The dictionary could not be read: anything may join. */
static bool unknown;

/* Stands in a context for what is before and behind a word. */
#define NOTHING 0

static uint64_t hash_of(uint64_t key, int bits)
{
    key *= 0x9E3779B97F4A7C15u;
    key ^= key >> 32;
    key *= 0xD6E8FEB86659FD93u;
    return key >> (64 - bits);
}

static void set_bit(uint64_t *set, uint64_t at)
{
    set[at / 64] |= (uint64_t)1 << at % 64;
}

static bool has_bit(const uint64_t *set, uint64_t at)
{
    return set[at / 64] >> at % 64 & 1;
}

static uint64_t pair_of(uint16_t left, uint16_t right)
{
    return hash_of((uint64_t)left << 16 | right, PAIR_BITS);
}

static uint64_t context_of(uint16_t before, uint16_t left, uint16_t right, uint16_t behind)
{
    uint64_t key = (uint64_t)before << 48 | (uint64_t)left << 32 | (uint64_t)right << 16 | behind;

    return hash_of(key, CONTEXT_BITS);
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
    if (n > 0 && value != NOTHING)
        set_bit(pairs, pair_of(word[n - 1], value));
    if (n > 1)
        set_bit(contexts, context_of(n > 2 ? word[n - 3] : NOTHING, word[n - 2], word[n - 1], value));
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

static bool is_katakana(uint16_t c)
{
    return c >= 0x30A1 && c <= 0x30FE;
}

bool joints_may_join(const uint16_t *text, size_t n, size_t at)
{
    uint16_t left = text[at - 1], right = text[at], before, behind;

    if (unknown || (is_katakana(left) && is_katakana(right)))
        return true;
    if (!has_bit(pairs, pair_of(left, right)))
        return false;
    before = at > 1 ? text[at - 2] : NOTHING;
    behind = at + 1 < n ? text[at + 1] : NOTHING;
    return has_bit(contexts, context_of(before, left, right, behind)) ||
        has_bit(contexts, context_of(NOTHING, left, right, behind)) ||
        has_bit(contexts, context_of(before, left, right, NOTHING)) ||
        has_bit(contexts, context_of(NOTHING, left, right, NOTHING));
}
