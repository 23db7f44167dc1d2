/* How often values fell into ranges, as OpenMetrics has histograms. Owner: whoever embeds it. Thread: one at
 * a time. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#define HISTOGRAM_MAX_BOUNDS 15

struct histogram {
    const double *bounds; /* upper ends, ascending, static; what is above the last has a range of its own */
    size_t n_bounds;      /* at most HISTOGRAM_MAX_BOUNDS */
    uint64_t ranges[HISTOGRAM_MAX_BOUNDS + 1]; /* values in each, not cumulated */
    double sum;
};

#define HISTOGRAM(bounds_)                                                                                   \
    {                                                                                                        \
        .bounds = (bounds_), .n_bounds = sizeof(bounds_) / sizeof((bounds_)[0])                              \
    }

void histogram_observe(struct histogram *histogram, double value);
