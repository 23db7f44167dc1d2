#include "store/filing.h"

#include "base/array.h"
#include "store/seqs.h"
#include "store/store.h"
#include <assert.h>
#include <errno.h>
#include <string.h>

#define NO_ENTRY UINT32_MAX

struct group {
    const char *host; /* once sorted; `offset` until then, as the texts still move */
    size_t offset;
    uint64_t hash;
    uint32_t first, last; /* entries */
    uint32_t n;
};

struct entry {
    uint64_t seq;
    uint32_t next;
};

struct filing {
    const struct hash_key *key;
    struct group *groups;
    size_t n_groups, groups_capacity;
    struct entry *entries;
    size_t n_entries, entries_capacity;
    uint32_t *slots; /* group index + 1; 0: empty */
    size_t n_slots;  /* a power of two, at least twice the groups */
    struct buffer hosts;
    struct buffer seqs; /* of the row being written */
    uint64_t *sorted;
    size_t sorted_capacity;
};

int filing_new(const struct hash_key *key, struct filing **ret)
{
    struct filing *filing = calloc(1, sizeof(*filing));

    if (!filing)
        return -ENOMEM;
    filing->key = key;
    *ret = filing;
    return 0;
}

void filing_free(struct filing *filing)
{
    if (!filing)
        return;
    free(filing->groups);
    free(filing->entries);
    free(filing->slots);
    free(filing->sorted);
    buffer_deinit(&filing->hosts);
    buffer_deinit(&filing->seqs);
    free(filing);
}

static int grow_slots(struct filing *filing)
{
    size_t n = filing->n_slots ? filing->n_slots * 2 : 64;
    uint32_t *slots = calloc(n, sizeof(*slots));

    if (!slots)
        return -ENOMEM;
    for (size_t i = 0; i < filing->n_groups; i++) {
        size_t slot = filing->groups[i].hash & (n - 1);

        while (slots[slot])
            slot = (slot + 1) & (n - 1);
        slots[slot] = (uint32_t)i + 1;
    }
    free(filing->slots);
    filing->slots = slots;
    filing->n_slots = n;
    return 0;
}

static int add_group(
    struct filing *filing, uint64_t hash, const char *host, size_t length, struct group **ret)
{
    size_t offset = filing->hosts.size;
    int r = array_reserve_one(
        &filing->groups, filing->n_groups, &filing->groups_capacity, sizeof(*filing->groups));

    if (r >= 0)
        r = buffer_append(&filing->hosts, host, length);
    if (r >= 0)
        r = buffer_append(&filing->hosts, "", 1);
    if (r < 0)
        return r;
    *ret = &filing->groups[filing->n_groups++];
    **ret = (struct group){.offset = offset, .hash = hash, .first = NO_ENTRY, .last = NO_ENTRY};
    return 0;
}

/* The host's group, which is made if there is none. */
static int find_group(struct filing *filing, const char *host, size_t length, struct group **ret)
{
    uint64_t hash = hash_bytes(filing->key, host, length);
    size_t slot;
    int r;

    if (filing->n_slots <= filing->n_groups * 2) {
        r = grow_slots(filing);
        if (r < 0)
            return r;
    }
    for (slot = hash & (filing->n_slots - 1); filing->slots[slot];
         slot = (slot + 1) & (filing->n_slots - 1)) {
        struct group *group = &filing->groups[filing->slots[slot] - 1];
        const char *known = (const char *)filing->hosts.bytes + group->offset;

        if (group->hash == hash && strlen(known) == length && memcmp(known, host, length) == 0) {
            *ret = group;
            return 0;
        }
    }
    r = add_group(filing, hash, host, length, ret);
    if (r >= 0)
        filing->slots[slot] = (uint32_t)filing->n_groups;
    return r;
}

int filing_add(struct filing *filing, const char *host, size_t length, uint64_t seq)
{
    struct group *group;
    uint32_t index = (uint32_t)filing->n_entries;
    int r = array_reserve_one(
        &filing->entries, filing->n_entries, &filing->entries_capacity, sizeof(*filing->entries));

    assert(filing->n_entries < NO_ENTRY);
    if (r >= 0)
        r = find_group(filing, host, length, &group);
    if (r < 0)
        return r;
    filing->entries[filing->n_entries++] = (struct entry){.seq = seq, .next = NO_ENTRY};
    if (group->last == NO_ENTRY)
        group->first = index;
    else
        filing->entries[group->last].next = index;
    group->last = index;
    group->n++;
    return 0;
}

static int compare_groups(const void *a, const void *b)
{
    return strcmp(((const struct group *)a)->host, ((const struct group *)b)->host);
}

static int compare_seqs(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a;
    uint64_t y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

/* The group's seqs, ascending and each once, in filing->sorted. */
static int sort_seqs(struct filing *filing, const struct group *group, size_t *ret_n)
{
    bool ascending = true;
    size_t n = 0;

    if (filing->sorted_capacity < group->n) {
        uint64_t *grown = reallocarray(filing->sorted, group->n, sizeof(*grown));

        if (!grown)
            return -ENOMEM;
        filing->sorted = grown;
        filing->sorted_capacity = group->n;
    }
    for (uint32_t i = group->first; i != NO_ENTRY; i = filing->entries[i].next) {
        filing->sorted[n] = filing->entries[i].seq;
        if (n > 0 && filing->sorted[n] <= filing->sorted[n - 1])
            ascending = false;
        n++;
    }
    *ret_n = n;
    if (ascending)
        return 0;
    qsort(filing->sorted, n, sizeof(*filing->sorted), compare_seqs);
    *ret_n = 1;
    for (size_t i = 1; i < n; i++)
        if (filing->sorted[i] != filing->sorted[i - 1])
            filing->sorted[(*ret_n)++] = filing->sorted[i];
    return 0;
}

static int write_row(struct filing *filing, struct sql *sql, uint64_t job, const char *host, uint64_t batch,
    const uint64_t *seqs, size_t n)
{
    struct call call;
    uint64_t last = 0;

    filing->seqs.size = 0;
    for (size_t i = 0; i < n; i++) {
        int r = seqs_append(&filing->seqs, &last, seqs[i]);

        if (r < 0)
            return r;
    }
    call = call_begin(sql, SQL_QUEUE_INSERT);
    call_u64(&call, job);
    call_text(&call, host);
    call_u64(&call, batch);
    call_u64(&call, store_partition(host));
    call_u64(&call, n);
    call_blob(&call, filing->seqs.bytes, filing->seqs.size);
    return call_run(&call);
}

int filing_write(struct filing *filing, struct sql *sql, uint64_t job, size_t max_per_row, uint64_t *batch)
{
    uint64_t next_batch = *batch;

    for (size_t i = 0; i < filing->n_groups; i++)
        filing->groups[i].host = (const char *)filing->hosts.bytes + filing->groups[i].offset;
    if (filing->n_groups > 0)
        qsort(filing->groups, filing->n_groups, sizeof(*filing->groups), compare_groups);
    for (size_t i = 0; i < filing->n_groups; i++) {
        const struct group *group = &filing->groups[i];
        uint64_t number = *batch;
        size_t n;
        int r = sort_seqs(filing, group, &n);

        for (size_t at = 0; r >= 0 && at < n; at += max_per_row, number++)
            r = write_row(filing, sql, job, group->host, number, filing->sorted + at,
                n - at < max_per_row ? n - at : max_per_row);
        if (r < 0)
            return r;
        if (number > next_batch)
            next_batch = number;
    }
    *batch = next_batch;
    filing->n_groups = filing->n_entries = filing->n_slots = filing->hosts.size = 0;
    free(TAKE(filing->slots));
    return 0;
}
