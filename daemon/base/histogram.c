#include "base/histogram.h"

#include <assert.h>

void histogram_observe(struct histogram *histogram, double value)
{
    size_t range = 0;

    assert(histogram->n_bounds <= HISTOGRAM_MAX_BOUNDS);
    while (range < histogram->n_bounds && value > histogram->bounds[range])
        range++;
    histogram->ranges[range]++;
    histogram->sum += value;
}
