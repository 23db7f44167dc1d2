#include "engine/submission_sets.h"

#include "base/cleanup.h"
#include "engine/table.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <xxhash.h>

#define FIRST_SLOTS 16
#define PART_BITS 6
static_assert(FINGERPRINT_PARTS == 1 << PART_BITS, "a part is the highest bits");

int fingerprints_init(struct fingerprints *set)
{
    *set = (struct fingerprints){0};
    return getrandom(set->seed, sizeof(set->seed), 0) == sizeof(set->seed) ? 0 : -EIO;
}

void fingerprints_deinit(struct fingerprints *set)
{
    for (size_t i = 0; i < FINGERPRINT_PARTS; i++) {
        free(set->parts[i].slots);
        set->parts[i] = (struct fingerprint_part){0};
    }
    set->n_slots = 0;
}

size_t fingerprints_memory(const struct fingerprints *set)
{
    return set->n_slots * sizeof(struct store_print);
}

struct store_print fingerprints_of(const struct fingerprints *set, const char *url)
{
    size_t length = strlen(url);
    XXH128_hash_t hash = XXH3_128bits_withSeed(url, length, set->seed[0]);
    struct store_print print = {.low = hash.low64 ^ set->seed[1], .high = hash.high64};

    if (print.low == 0 && print.high == 0)
        print.low = 1;
    return print;
}

/* The slot of this print, or the empty one where it belongs. */
static struct store_print *find(struct store_print *slots, uint32_t n_slots, const struct store_print *print)
{
    /* The part was chosen by other bits. */
    size_t i = (print->high & UINT32_MAX) * n_slots >> 32;

    while ((slots[i].low || slots[i].high) && (slots[i].low != print->low || slots[i].high != print->high))
        i = i + 1 < n_slots ? i + 1 : 0;
    return &slots[i];
}

static int grow(struct fingerprints *set, struct fingerprint_part *part, size_t max_bytes)
{
    uint64_t n_slots = part->n_slots ? part->n_slots + part->n_slots / 4 : FIRST_SLOTS;
    struct store_print *slots;

    if (n_slots > UINT32_MAX || set->n_slots - part->n_slots + n_slots > max_bytes / sizeof(*slots))
        return -ENOBUFS;
    slots = calloc(n_slots, sizeof(*slots));
    if (!slots)
        return -ENOMEM;
    for (size_t i = 0; i < part->n_slots; i++)
        if (part->slots[i].low || part->slots[i].high)
            *find(slots, (uint32_t)n_slots, &part->slots[i]) = part->slots[i];
    free(part->slots);
    set->n_slots += n_slots - part->n_slots;
    part->slots = slots;
    part->n_slots = (uint32_t)n_slots;
    return 0;
}

int fingerprints_add(struct fingerprints *set, const struct store_print *print, size_t max_bytes)
{
    struct fingerprint_part *part = &set->parts[print->high >> (64 - PART_BITS)];
    struct store_print *slot;

    if (part->n + 1 > part->n_slots / 4 * 3) {
        int r = grow(set, part, max_bytes);

        if (r < 0)
            return r;
    }
    slot = find(part->slots, part->n_slots, print);
    if (slot->low || slot->high)
        return 0;
    *slot = *print;
    part->n++;
    return 1;
}

void fingerprints_take(struct fingerprints *set, struct store_print_set ret[FINGERPRINT_PARTS])
{
    for (size_t i = 0; i < FINGERPRINT_PARTS; i++) {
        ret[i] = (struct store_print_set){.prints = TAKE(set->parts[i].slots), .n = set->parts[i].n_slots};
        set->parts[i] = (struct fingerprint_part){0};
    }
    set->n_slots = 0;
}

struct tallied_host {
    uint64_t n;
    UT_hash_handle hh;
    char key[];
};

struct host_tally {
    struct tallied_host *hosts;
    size_t n_hosts;
    size_t memory;  /* bytes of the hosts */
    uint64_t floor; /* what a host that is not here may have had at most */
};

struct host_tally *host_tally_new(void)
{
    return calloc(1, sizeof(struct host_tally));
}

static void drop_light_hosts(struct host_tally *tally, uint64_t up_to)
{
    struct tallied_host *host;
    struct tallied_host *next;

    HASH_ITER (hh, tally->hosts, host, next)
        if (host->n <= up_to) {
            HASH_DEL(tally->hosts, host);
            tally->memory -= sizeof(*host) + strlen(host->key) + 1;
            free(host);
            tally->n_hosts--;
        }
}

void host_tally_free(struct host_tally *tally)
{
    if (!tally)
        return;
    drop_light_hosts(tally, UINT64_MAX);
    free(tally);
}

size_t host_tally_memory(const struct host_tally *tally)
{
    return sizeof(*tally) + tally->memory;
}

int host_tally_add(struct host_tally *tally, const char *key, size_t max_bytes)
{
    size_t length = strlen(key);
    struct tallied_host *host;

    HASH_FIND(hh, tally->hosts, key, length, host);
    if (host) {
        host->n++;
        return 0;
    }
    while (tally->n_hosts >= HOST_TALLY_MAX ||
        (tally->n_hosts > 0 && tally->memory + sizeof(*host) + length + 1 > max_bytes))
        drop_light_hosts(tally, ++tally->floor);
    host = malloc(sizeof(*host) + length + 1);
    if (!host)
        return -ENOMEM;
    host->n = tally->floor + 1;
    memcpy(host->key, key, length + 1);
    HASH_ADD_KEYPTR(hh, tally->hosts, host->key, length, host);
    if (!host->hh.tbl) {
        free(host);
        return -ENOMEM;
    }
    tally->memory += sizeof(*host) + length + 1;
    tally->n_hosts++;
    return 0;
}

void host_tally_each(const struct host_tally *tally,
    void (*visit)(void *userdata, const char *host, uint64_t n), void *userdata)
{
    for (const struct tallied_host *host = tally->hosts; host; host = host->hh.next)
        visit(userdata, host->key, host->n);
}
