/* A limit of bytes a second over all fetchers together: what came is paid for by waiting afterwards. Thread:
 * any. */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

struct rate {
    _Atomic uint64_t bytes_per_sec; /* not 0; may change at any time */
    _Atomic uint64_t clear_usec;
};

/* So many bytes came. */
void rate_take(struct rate *rate, uint64_t bytes, uint64_t now_usec);

/* CLOCK_BOOTTIME from when on more may come; in the past: at once. */
uint64_t rate_clear_usec(const struct rate *rate);
