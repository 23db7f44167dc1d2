/* How much was done in each of the last seconds. Thread: main. */
#pragma once

#include <stdint.h>

#define RATE_SECONDS 10
struct rates {
    uint64_t second; /* boottime, of the newest slot */
    uint64_t urls[RATE_SECONDS];
    uint64_t bytes[RATE_SECONDS];
};

void rates_add(struct rates *rates, uint64_t now_usec, uint64_t bytes);
