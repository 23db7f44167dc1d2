#include "engine/query_shared.h"

#include "base/cleanup.h"
#include "engine/query.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A pair's key holds all three numbers: 10 bits of group, 22 of host, 32 of word. */
#define HOST_BITS 22
_Static_assert(
    QUERY_MAX_LABELS < 1 << 10, "a group's number fits its bits, with one for pages without a label");
_Static_assert(QUERY_MAX_SHARED_HOSTS < 1 << HOST_BITS, "a host's number fits its bits");
/* A host that the last job alone has. */
#define NOT_SHARED UINT32_MAX
#define FORGET_AT_LEAST 1000000

void query_shared_init(struct query_shared *shared)
{
    *shared = (struct query_shared){.forget_at = FORGET_AT_LEAST};
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
    uint32_t size = (uint32_t)strlen(host) + 1;
    uint32_t number = NOT_SHARED;
    int r;

    if (shared->is_last) {
        (void)query_strings_find(&shared->hosts, host, size, &number);
        *ret_host = number;
        return 0;
    }
    r = query_strings_number(&shared->hosts, host, size, &number);
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

static int add_key(struct query_shared *shared, uint64_t key)
{
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

int query_shared_add(struct query_shared *shared, uint32_t group, uint32_t host, uint32_t word)
{
    uint64_t key;

    if (host == NOT_SHARED)
        return 1;
    /* One more than the word, so that no key is 0: words are fewer than 2^32 - 1. */
    key = (uint64_t)group << (HOST_BITS + 32) | (uint64_t)host << 32 | (word + 1);
    if (shared->is_last)
        return shared->n_slots > 0 && *find(shared, key) ? 0 : 1;
    return add_key(shared, key);
}

static uint32_t host_of(uint64_t key)
{
    return (uint32_t)(key >> 32) & ((1 << HOST_BITS) - 1);
}

/* New numbers for the hosts behind `after`, NOT_SHARED for the others. */
static int renumber(
    const struct query_shared *shared, const char *after, struct query_shared *kept, uint32_t *numbers)
{
    for (size_t i = 0; i < shared->hosts.n; i++) {
        int r = 0;

        numbers[i] = NOT_SHARED;
        if (strcmp(shared->hosts.items[i].text, after) > 0)
            r = query_shared_host(kept, shared->hosts.items[i].text, &numbers[i]);
        if (r < 0)
            return r;
    }
    return 0;
}

static int copy_pairs(const struct query_shared *shared, const uint32_t *numbers, struct query_shared *kept)
{
    const uint64_t host_mask = (uint64_t)((1 << HOST_BITS) - 1) << 32;

    for (size_t i = 0; i < shared->n_slots; i++) {
        uint64_t key = shared->slots[i];
        int r;

        if (key == 0 || numbers[host_of(key)] == NOT_SHARED)
            continue;
        r = add_key(kept, (key & ~host_mask) | (uint64_t)numbers[host_of(key)] << 32);
        if (r < 0)
            return r;
    }
    return 0;
}

int query_shared_forget(struct query_shared *shared, const char *host)
{
    CLEANUP(freep) uint32_t *numbers = NULL;
    struct query_shared kept;
    int r;

    if (shared->n < shared->forget_at)
        return 0;
    numbers = malloc((shared->hosts.n + 1) * sizeof(*numbers));
    if (!numbers)
        return -ENOMEM;
    query_shared_init(&kept);
    r = renumber(shared, host, &kept, numbers);
    if (r == 0)
        r = copy_pairs(shared, numbers, &kept);
    if (r < 0) {
        query_shared_deinit(&kept);
        return r;
    }
    if (kept.n * 2 > kept.forget_at)
        kept.forget_at = kept.n * 2;
    kept.is_last = shared->is_last;
    query_shared_deinit(shared);
    *shared = kept;
    return 0;
}
