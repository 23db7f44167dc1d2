/* A page that was counted before, as a URL may be asked for with it or take its counts. Thread: main; the
 * worker reads it while its task is there. */
#pragma once

#include "store/store.h"
#include "store/store_read.h"
#include <stdbool.h>
#include <stdint.h>

/* One block of memory: free() frees it. */
struct known {
    struct store_reuse page;
    bool is_redirected;               /* see store_known */
    const char *etag, *last_modified; /* NULL if none */
    uint64_t fetched_usec;            /* CLOCK_REALTIME */
};

/* A copy; NULL where nothing is known. Returns 0 or -ENOMEM. */
int known_new(const struct store_known *row, struct known **ret);
