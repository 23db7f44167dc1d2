#include "words/dictionary_memo.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

struct slot {
    uint16_t text[MEMO_MAX_UNITS]; /* zeros behind it; all are if it is empty */
    uint16_t ends;
};

#define SET_SLOTS 2
#define N_SETS (MEMO_SLOTS / SET_SLOTS)
#define LINE 64

/* The two lie in one line of the processor's cache, the later text first. */
struct set {
    struct slot slots[SET_SLOTS];
};

/* A text stands in one of two sets: where one is full, the other rarely is. Texts that were chosen to fall on
 * one another cost what dividing costs, and are hard to choose without the secret. */
struct memo {
    uint64_t secret[4];
    struct set *sets; /* in `room`, where a line begins */
    uint8_t room[];
};

int memo_new(struct memo **ret)
{
    struct memo *memo = calloc(1, sizeof(*memo) + sizeof(struct set) * N_SETS + LINE);

    if (!memo)
        return -ENOMEM;
    if (getrandom(memo->secret, sizeof(memo->secret), GRND_NONBLOCK) < 0)
        memo->secret[0] = (uintptr_t)memo;
    memo->sets = (struct set *)(void *)(memo->room + (LINE - (uintptr_t)memo->room % LINE) % LINE);
    *ret = memo;
    return 0;
}

void memo_free(struct memo *memo)
{
    free(memo);
}

static uint64_t mix(uint64_t a, uint64_t b)
{
    unsigned __int128 product = (unsigned __int128)a * b;

    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static size_t first_set(const struct memo_key *key)
{
    return key->hash % N_SETS;
}

static size_t second_set(const struct memo_key *key)
{
    return (key->hash >> 32) % N_SETS;
}

void memo_key_make(const struct memo *memo, const uint16_t *text, size_t n, struct memo_key *ret)
{
    static const uint16_t kept[2 * MEMO_READ_UNITS] = {[0 ... MEMO_READ_UNITS - 1] = UINT16_MAX};
    uint64_t units[4], mask[4];

    memcpy(units, text, sizeof(units));
    memcpy(mask, kept + MEMO_READ_UNITS - n, sizeof(mask));
    for (int i = 0; i < 4; i++)
        ret->units[i] = units[i] & mask[i];
    ret->hash = mix(mix(ret->units[0] ^ memo->secret[0], ret->units[1] ^ memo->secret[1] ^ n) ^ ret->units[2],
        ret->units[3] ^ memo->secret[2]);
    ret->hash = mix(ret->hash ^ memo->secret[3], UINT64_C(0x9E3779B97F4A7C15));
    __builtin_prefetch(&memo->sets[first_set(ret)]);
}

static const struct slot *find_in(const struct set *set, const struct memo_key *key)
{
    for (int i = 0; i < SET_SLOTS; i++) {
        const struct slot *slot = &set->slots[i];
        uint64_t units[4], last = 0;

        memcpy(units, slot, sizeof(units));
        memcpy(&last, slot->text + MEMO_MAX_UNITS - 3, 3 * sizeof(*slot->text));
        if (((units[0] ^ key->units[0]) | (units[1] ^ key->units[1]) | (units[2] ^ key->units[2]) |
                (last ^ key->units[3])) == 0)
            return slot;
    }
    return NULL;
}

bool memo_find(const struct memo *memo, const struct memo_key *key, uint16_t *ret_ends)
{
    const struct slot *slot = find_in(&memo->sets[first_set(key)], key);

    if (!slot)
        slot = find_in(&memo->sets[second_set(key)], key);
    if (!slot)
        return false;
    *ret_ends = slot->ends;
    return true;
}

static bool has_room(const struct set *set)
{
    return set->slots[SET_SLOTS - 1].text[0] == 0;
}

void memo_add(struct memo *memo, const struct memo_key *key, uint16_t ends)
{
    struct set *first = &memo->sets[first_set(key)], *second = &memo->sets[second_set(key)];
    struct set *set = !has_room(first) && has_room(second) ? second : first;

    set->slots[1] = set->slots[0];
    memcpy(set->slots[0].text, key->units, sizeof(set->slots[0].text));
    set->slots[0].ends = ends;
}
