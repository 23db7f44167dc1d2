/* How much a word's frequency in one set of pages differs from that in another. `a` and `b` are how often the
 * word was counted in each, of n_a and n_b words in all, which are at least 1. Thread: any. */
#pragma once

#include <stdint.h>

/* The log-likelihood ratio G2 of two corpora, Rayson and Garside 2000 (after Dunning 1993): how sure it is
 * that they differ. 3.84 is p < 0.05, 6.63 p < 0.01, 10.83 p < 0.001, of one comparison alone. At least 0. */
double counts_log_likelihood(uint64_t a, uint64_t b, uint64_t n_a, uint64_t n_b);

/* Binary logarithm of the ratio of the relative frequencies, Hardie 2014: how much they differ. 1 is twice as
 * often in the first, -1 half as often. A word that is missing on a side counts as half a word there. */
double counts_log_ratio(uint64_t a, uint64_t b, uint64_t n_a, uint64_t n_b);
