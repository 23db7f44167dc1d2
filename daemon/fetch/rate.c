#include "fetch/rate.h"

#include "base/clock.h"

void rate_take(struct rate *rate, uint64_t bytes, uint64_t now_usec)
{
    uint64_t cost =
        (uint64_t)((double)bytes * (double)USEC_PER_SEC / (double)atomic_load(&rate->bytes_per_sec));
    uint64_t old = atomic_load(&rate->clear_usec);
    uint64_t clear;

    do
        clear = (old > now_usec ? old : now_usec) + cost;
    while (!atomic_compare_exchange_weak(&rate->clear_usec, &old, clear));
    atomic_fetch_add(&rate->paid_usec, cost);
}

bool rate_fills_half(const struct rate *rate, uint64_t paid_usec, uint64_t span_usec)
{
    return atomic_load(&rate->paid_usec) - paid_usec >= span_usec / 2;
}

uint64_t rate_clear_usec(const struct rate *rate)
{
    return atomic_load(&rate->clear_usec);
}
