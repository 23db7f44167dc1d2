#include "fetch/name_cache.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define N_BUCKETS 4096 /* a power of two */

int name_cache_init(struct name_cache *cache)
{
    *cache = (struct name_cache){0};
    list_init(&cache->settled);
    cache->buckets = calloc(N_BUCKETS, sizeof(struct resolver_entry *));
    return cache->buckets ? 0 : -ENOMEM;
}

void name_cache_deinit(struct name_cache *cache)
{
    size_t i;

    for (i = 0; cache->buckets && i < N_BUCKETS; i++) {
        while (cache->buckets[i]) {
            struct resolver_entry *entry = cache->buckets[i];

            cache->buckets[i] = entry->next;
            free(entry);
        }
    }
    free(cache->buckets);
}

/* FNV-1a. Names that collide cost time, and the table is bounded. */
static uint64_t hash_of(const char *name, size_t size)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    size_t i;

    for (i = 0; i < size; i++)
        hash = (hash ^ (unsigned char)name[i]) * UINT64_C(1099511628211);
    return hash ^ hash >> 32;
}

struct resolver_entry *name_cache_find(const struct name_cache *cache, const char *name, size_t size)
{
    uint64_t hash = hash_of(name, size);
    struct resolver_entry *entry = cache->buckets[hash % N_BUCKETS];

    while (
        entry && (entry->hash != hash || strncmp(entry->name, name, size) != 0 || entry->name[size] != '\0'))
        entry = entry->next;
    return entry;
}

struct resolver_entry *name_cache_add(struct name_cache *cache, const char *name, size_t size)
{
    struct resolver_entry *entry = calloc(1, sizeof(*entry) + size + 1);
    struct resolver_entry **bucket;

    if (!entry)
        return NULL;
    memcpy(entry->name, name, size);
    entry->hash = hash_of(name, size);
    list_init(&entry->link);
    list_init(&entry->waits);
    bucket = &cache->buckets[entry->hash % N_BUCKETS];
    entry->next = *bucket;
    *bucket = entry;
    cache->n++;
    return entry;
}

void name_cache_settle(struct name_cache *cache, struct resolver_entry *entry)
{
    entry->is_settled = true;
    list_append(&cache->settled, &entry->link);
}

void name_cache_unsettle(struct name_cache *cache, struct resolver_entry *entry)
{
    entry->is_settled = false;
    list_remove(&entry->link);
}

void name_cache_touch(struct name_cache *cache, struct resolver_entry *entry)
{
    list_remove(&entry->link);
    list_append(&cache->settled, &entry->link);
}

static void drop(struct name_cache *cache, struct resolver_entry *entry)
{
    struct resolver_entry **place = &cache->buckets[entry->hash % N_BUCKETS];

    while (*place != entry)
        place = &(*place)->next;
    *place = entry->next;
    list_remove(&entry->link);
    cache->n--;
    free(entry);
}

void name_cache_trim(struct name_cache *cache, size_t max)
{
    struct list *link = cache->settled.next;

    while (cache->n > max && link != &cache->settled) {
        struct resolver_entry *entry = CONTAINER_OF(link, struct resolver_entry, link);

        link = link->next;
        if (entry->n_waits == 0)
            drop(cache, entry);
    }
}
