/* Hosts that several jobs may have fetched from: tells whether a word of a group was met on a host before, so
 * that the number of hosts is exact. Owner: whoever embeds it. Thread: one at a time. */
#pragma once

#include "engine/query_strings.h"

struct query_shared {
    struct query_strings hosts; /* terminated */
    uint64_t *slots;            /* 0 is free */
    size_t n_slots;             /* a power of two */
    size_t n;
    size_t forget_at; /* how many pairs make forgetting worth its while */
    bool is_last;     /* nobody asks later for what is added now */
};

void query_shared_init(struct query_shared *shared);
void query_shared_deinit(struct query_shared *shared);

/* The number of a host for query_shared_add(). Returns 0, -ENOMEM, or -E2BIG beyond QUERY_MAX_SHARED_HOSTS.
 */
int query_shared_host(struct query_shared *shared, const char *host, uint32_t *ret_host);

/* 1 the first time that this word of this group (up to QUERY_MAX_LABELS) is seen on this host, 0 later;
 * -ENOMEM, or -E2BIG beyond QUERY_MAX_SHARED_WORDS. */
int query_shared_add(struct query_shared *shared, uint32_t group, uint32_t host, uint32_t word);

/* Hosts up to this one, by their bytes, do not come again. Makes room if it is worth its while; numbers of
 * hosts are others then. Returns 0 or -ENOMEM. */
int query_shared_forget(struct query_shared *shared, const char *host);
