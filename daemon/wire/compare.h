/* Compare: what changed from one job's words to another's. Thread: any. */
#pragma once

#include "wire/word_filter.h"

struct wire_compared_side {
    int64_t job;
    const char *host; /* may be NULL */
    bool complete;
    int64_t total;
    int64_t queued;
    int64_t counted;
    int64_t pages;
    int64_t tokens;
    int64_t distinct;
    const char *const *engines;
    size_t n_engines;
};

struct wire_changed_word {
    int64_t rank;
    const char *word;
    const char *change;
    int64_t base_tokens;
    int64_t new_tokens;
    double base_per_million;
    double new_per_million;
    int64_t base_pages;
    int64_t new_pages;
    double log_likelihood;
    double log_ratio;
};

struct wire_compare_in {
    const char *base;
    const char *newer;
    const char *pages; /* may be NULL */
    struct wire_int k;
    const char *by; /* may be NULL */
    struct wire_int min_tokens;
    struct wire_word_filter filter;
};

struct wire_compare_out {
    struct wire_compared_side base;
    struct wire_compared_side newer;
    bool complete;
    const char *pages;
    struct wire_bool overlap;
    const struct wire_changed_word *words;
    size_t n_words;
};

extern const struct wire_shape wire_compared_side_shape;
extern const struct wire_shape wire_changed_word_shape;
extern const struct wire_shape wire_compare_in_shape;
extern const struct wire_shape wire_compare_out_shape;
