#include "words/dictionary_memo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include <xxhash.h>

struct slot {
    uint16_t n; /* 0 if empty */
    uint16_t ends;
    uint16_t text[MEMO_MAX_UNITS];
};

/* A text stands in one of two neighbouring slots, the later one first. Texts that were chosen to fall on one
 * another cost what dividing costs, and are hard to choose without the seed. */
struct memo {
    uint64_t seed;
    struct slot slots[MEMO_SLOTS];
};

int memo_new(struct memo **ret)
{
    struct memo *memo = calloc(1, sizeof(*memo));

    if (!memo)
        return -ENOMEM;
    if (getrandom(&memo->seed, sizeof(memo->seed), GRND_NONBLOCK) < 0)
        memo->seed = (uintptr_t)memo;
    *ret = memo;
    return 0;
}

void memo_free(struct memo *memo)
{
    free(memo);
}

static size_t slot_of(const struct memo *memo, const uint16_t *text, size_t n)
{
    return XXH3_64bits_withSeed(text, n * sizeof(*text), memo->seed) % MEMO_SLOTS & ~(size_t)1;
}

bool memo_find(const struct memo *memo, const uint16_t *text, size_t n, uint16_t *ret_ends)
{
    const struct slot *slot = &memo->slots[slot_of(memo, text, n)];

    for (int i = 0; i < 2; i++, slot++)
        if (slot->n == n && memcmp(slot->text, text, n * sizeof(*text)) == 0) {
            *ret_ends = slot->ends;
            return true;
        }
    return false;
}

void memo_add(struct memo *memo, const uint16_t *text, size_t n, uint16_t ends)
{
    struct slot *slot = &memo->slots[slot_of(memo, text, n)];

    slot[1] = slot[0];
    slot->n = (uint16_t)n;
    slot->ends = ends;
    memcpy(slot->text, text, n * sizeof(*text));
}
