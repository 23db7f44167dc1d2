/* The resolver's table of names: a hash table whose settled entries also stand in the order of their last
 * use. Owner and thread: one resolver. */
#pragma once

#include "fetch/resolver.h"
#include <stdbool.h>

/* One name, being asked for or settled. */
struct resolver_entry {
    struct list link; /* settled: in the order of use; else among the unasked, the young, or alone */
    struct resolver_entry *next; /* of the same bucket */
    struct resolver *resolver;
    struct list waits; /* those who wait, while it is not settled */
    size_t n_waits;    /* these, and those whose answer was not fetched yet */
    bool is_young;     /* see RESOLVER_MAX_YOUNG */
    uint64_t asked_usec;
    bool is_settled;
    enum resolver_status status;
    const char *message;
    uint64_t expires_usec;
    size_t n_addresses;
    union address addresses[RESOLVER_MAX_ADDRESSES];
    uint64_t hash;
    char name[];
};

struct name_cache {
    struct resolver_entry **buckets;
    struct list settled; /* least lately used first */
    size_t n;
};

/* Returns 0 or -ENOMEM. */
int name_cache_init(struct name_cache *cache);
void name_cache_deinit(struct name_cache *cache);

struct resolver_entry *name_cache_find(const struct name_cache *cache, const char *name, size_t size);

/* An entry that is not settled. NULL if out of memory. */
struct resolver_entry *name_cache_add(struct name_cache *cache, const char *name, size_t size);

void name_cache_settle(struct name_cache *cache, struct resolver_entry *entry);
void name_cache_unsettle(struct name_cache *cache, struct resolver_entry *entry);
void name_cache_touch(struct name_cache *cache, struct resolver_entry *entry);

/* Drops settled entries that nobody waits for, the least lately used first, until `max` are left. */
void name_cache_trim(struct name_cache *cache, size_t max);
