#include "counts/keyness.h"

#include <math.h>

/* observed * ln(observed / expected), which is 0 for 0. */
static double term(double observed, double expected)
{
    return observed > 0 ? observed * log(observed / expected) : 0;
}

double counts_log_likelihood(uint64_t a, uint64_t b, uint64_t n_a, uint64_t n_b)
{
    double share = ((double)a + (double)b) / ((double)n_a + (double)n_b);
    double g2 = 2 * (term((double)a, (double)n_a * share) + term((double)b, (double)n_b * share));

    /* Equal frequencies may come out a little below 0. */
    return g2 > 0 ? g2 : 0;
}

double counts_log_ratio(uint64_t a, uint64_t b, uint64_t n_a, uint64_t n_b)
{
    double in_a = a > 0 ? (double)a : 0.5, in_b = b > 0 ? (double)b : 0.5;

    return log2(in_a / (double)n_a) - log2(in_b / (double)n_b);
}
