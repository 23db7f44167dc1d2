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
/* `since_usec`: when counting began; the mean is over what has passed of the last seconds. */
double rates_urls_per_sec(const struct rates *rates, uint64_t since_usec, uint64_t now_usec);
double rates_bytes_per_sec(const struct rates *rates, uint64_t since_usec, uint64_t now_usec);
