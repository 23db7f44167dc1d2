/* Requests for a backup: a consistent copy of all that is committed, made while all goes on, and read in
 * pieces. See store.h.
 *
 * The copy is a file beside the store, without a name once it is whole, so it is gone when whoever reads it
 * is. While it is made the write-ahead log cannot start anew: that time is the disk's, never a client's. */
#pragma once

#include "store/store.h"

struct store_copy;

/* A request that makes a copy comes back after so long at the latest, and is handed over again. */
#define STORE_COPY_STEP_USEC UINT64_C(1000000)

/* -EEXIST if another copy is being made; -ENOSPC if there is no room for it beside min_free_bytes: `size` and
 * `free_bytes` are valid then, too. After an error `copy` is NULL. */
struct store_make_copy {
    struct store_request request;
    uint64_t min_free_bytes; /* of the file system: the copy leaves so much */
    struct store_copy *copy; /* NULL to begin; then as it came back, the caller's */
    bool done;               /* out: it is whole */
    uint64_t size;           /* out: of the whole copy, bytes */
    uint64_t free_bytes;     /* out: of the file system */
};

/* The bytes of a whole copy from `offset` on. */
struct store_read_piece {
    struct store_request request;
    struct store_copy *copy;
    uint64_t offset;
    void *bytes;
    size_t size; /* in: the room at `bytes`; out: what was read, less only at the end */
};

/* Drops it with its file. No request has it. Takes NULL. */
void store_copy_free(struct store_copy *copy);
