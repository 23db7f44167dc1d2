/* Which page of a job stands for its content: the one of the lowest seq. `job` is a number of the caller's.
 * Owner: whoever embeds it. Thread: one at a time. */
#pragma once

#include "store/store.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct query_unique {
    struct query_unique_slot *slots;
    size_t n_slots; /* a power of two */
    size_t n;
};

/* Forgets everything. */
void query_unique_deinit(struct query_unique *unique);

/* Returns 0, -ENOMEM, or -E2BIG beyond QUERY_MAX_UNIQUE_PAGES. */
int query_unique_add(
    struct query_unique *unique, uint32_t job, const uint8_t hash[static STORE_HASH_SIZE], uint64_t seq);

/* False too for content that was never added. */
bool query_unique_stands(const struct query_unique *unique, uint32_t job,
    const uint8_t hash[static STORE_HASH_SIZE], uint64_t seq);
