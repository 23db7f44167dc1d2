#include "engine/query_shared.h"

#include "engine/query.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A pair's key holds all three numbers: 10 bits of group, 22 of host, 32 of word. */
#define HOST_BITS 22
_Static_assert(
    QUERY_MAX_LABELS < 1 << 10, "a group's number fits its bits, with one for pages without a label");
_Static_assert(QUERY_MAX_SHARED_HOSTS < 1 << HOST_BITS, "a host's number fits its bits");

void query_shared_init(struct query_shared *shared)
{
    *shared = (struct query_shared){0};
    query_strings_init(&shared->hosts, true);
}

void query_shared_deinit(struct query_shared *shared)
{
    query_strings_deinit(&shared->hosts);
    free(shared->slots);
    *shared = (struct query_shared){0};
}

int query_shared_host(struct query_shared *shared, const char *host, uint32_t *ret_host)
{
    uint32_t number = 0;
    int r = query_strings_number(&shared->hosts, host, (uint32_t)strlen(host), &number);

    if (r < 0)
        return r;
    if (number >= QUERY_MAX_SHARED_HOSTS)
        return -E2BIG;
    *ret_host = number;
    return 0;
}

static uint64_t *find(const struct query_shared *shared, uint64_t key)
{
    size_t slot = (size_t)((key * UINT64_C(0x9e3779b97f4a7c15)) >> 24) & (shared->n_slots - 1);

    while (shared->slots[slot] && shared->slots[slot] != key)
        slot = (slot + 1) & (shared->n_slots - 1);
    return &shared->slots[slot];
}

static int grow(struct query_shared *shared)
{
    struct query_shared grown = *shared;

    grown.n_slots = shared->n_slots ? shared->n_slots * 2 : 4096;
    grown.slots = calloc(grown.n_slots, sizeof(*grown.slots));
    if (!grown.slots)
        return -ENOMEM;
    for (size_t i = 0; i < shared->n_slots; i++)
        if (shared->slots[i])
            *find(&grown, shared->slots[i]) = shared->slots[i];
    free(shared->slots);
    *shared = grown;
    return 0;
}

int query_shared_add(struct query_shared *shared, uint32_t group, uint32_t host, uint32_t word)
{
    /* One more than the word, so that no key is 0: words are fewer than 2^32 - 1. */
    uint64_t key = (uint64_t)group << (HOST_BITS + 32) | (uint64_t)host << 32 | (word + 1);
    uint64_t *slot;
    int r;

    if (shared->n >= shared->n_slots / 2) {
        r = grow(shared);
        if (r < 0)
            return r;
    }
    slot = find(shared, key);
    if (*slot)
        return 0;
    if (shared->n >= QUERY_MAX_SHARED_WORDS)
        return -E2BIG;
    *slot = key;
    shared->n++;
    return 1;
}
