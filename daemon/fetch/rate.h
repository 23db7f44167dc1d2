/* A limit of bytes a second over all fetchers together: what came is paid for by waiting afterwards. Thread:
 * any. */
#pragma once

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct rate {
    _Atomic uint64_t bytes_per_sec; /* not 0; may change at any time */
    _Atomic uint64_t clear_usec;
    _Atomic uint64_t paid_usec; /* all waiting there was so far, or is to come */
};

/* So many bytes came. */
void rate_take(struct rate *rate, uint64_t bytes, uint64_t now_usec);

/* Whether what came since paid_usec was `paid_usec` costs half of this span or more. */
bool rate_fills_half(const struct rate *rate, uint64_t paid_usec, uint64_t span_usec);

/* CLOCK_BOOTTIME from when on more may come; in the past: at once. */
uint64_t rate_clear_usec(const struct rate *rate);
