/* Why: the pages that a word is on. Thread: any. */
#pragma once

#include "wire/shape.h"

struct wire_why_page {
    int64_t job;
    int64_t page;
    const char *url;
    int64_t tokens;
    int64_t all_tokens;
    double per_million;
};

struct wire_why_in {
    const char *word;
    const char *job; /* may be NULL */
    struct wire_int k;
};

struct wire_why_out {
    const char *word;
    int64_t tokens;
    int64_t pages;
    int64_t all_pages;
    const struct wire_why_page *pages_with;
    size_t n_pages_with;
};

extern const struct wire_shape wire_why_in_shape;
extern const struct wire_shape wire_why_out_shape;
