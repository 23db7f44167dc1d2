#include "engine/query_unique.h"

#include "engine/query.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

struct query_unique_slot {
    uint64_t seq; /* 0: free */
    uint32_t job;
    uint8_t hash[STORE_HASH_SIZE];
};

void query_unique_deinit(struct query_unique *unique)
{
    free(unique->slots);
    *unique = (struct query_unique){0};
}

static struct query_unique_slot *find(const struct query_unique *unique, uint32_t job, const uint8_t *hash)
{
    size_t slot = (size_t)XXH3_64bits_withSeed(hash, STORE_HASH_SIZE, job) & (unique->n_slots - 1);

    while (unique->slots[slot].seq &&
        (unique->slots[slot].job != job || memcmp(unique->slots[slot].hash, hash, STORE_HASH_SIZE) != 0))
        slot = (slot + 1) & (unique->n_slots - 1);
    return &unique->slots[slot];
}

static int grow(struct query_unique *unique)
{
    struct query_unique grown = {.n_slots = unique->n_slots ? unique->n_slots * 2 : 1024, .n = unique->n};

    grown.slots = calloc(grown.n_slots, sizeof(*grown.slots));
    if (!grown.slots)
        return -ENOMEM;
    for (size_t i = 0; i < unique->n_slots; i++)
        if (unique->slots[i].seq)
            *find(&grown, unique->slots[i].job, unique->slots[i].hash) = unique->slots[i];
    free(unique->slots);
    *unique = grown;
    return 0;
}

int query_unique_add(
    struct query_unique *unique, uint32_t job, const uint8_t hash[static STORE_HASH_SIZE], uint64_t seq)
{
    struct query_unique_slot *slot;
    int r;

    if (unique->n >= unique->n_slots / 2) {
        r = grow(unique);
        if (r < 0)
            return r;
    }
    slot = find(unique, job, hash);
    if (slot->seq == 0) {
        if (unique->n >= QUERY_MAX_UNIQUE_PAGES)
            return -E2BIG;
        memcpy(slot->hash, hash, STORE_HASH_SIZE);
        slot->job = job;
        slot->seq = seq;
        unique->n++;
    } else if (seq < slot->seq) {
        slot->seq = seq;
    }
    return 0;
}

bool query_unique_stands(
    const struct query_unique *unique, uint32_t job, const uint8_t hash[static STORE_HASH_SIZE], uint64_t seq)
{
    return unique->n_slots > 0 && find(unique, job, hash)->seq == seq;
}
