/* Top, and the groups that Watch shows too. Thread: any. */
#pragma once

#include "wire/job.h"
#include "wire/word_filter.h"

struct wire_word {
    int64_t rank;
    const char *word;
    int64_t tokens;
    double per_million;
    int64_t pages;
    int64_t hosts;
};

struct wire_group_word {
    int64_t rank;
    const char *word;
    int64_t tokens;
};

/* What the group is of is set, the rest is null. */
struct wire_group {
    struct wire_int job;
    struct wire_int page;
    const char *url;
    const char *host;
    const char *label;
    struct wire_int pages;
    int64_t tokens;
    int64_t distinct;
    const struct wire_group_word *words;
    size_t n_words;
};

struct wire_top_in {
    const char *const *jobs; /* may be NULL */
    size_t n_jobs;
    struct wire_bool all;
    struct wire_int k;
    const char *per;  /* may be NULL */
    const char *by;   /* may be NULL */
    const char *url;  /* may be NULL */
    const char *host; /* may be NULL */
    struct wire_bool unique;
    struct wire_word_filter filter;
    struct wire_float max_pages;
};

struct wire_top_out {
    const int64_t *jobs;
    size_t n_jobs;
    bool complete;
    int64_t total;
    int64_t queued;
    int64_t failed;
    int64_t skipped;
    int64_t pages;
    int64_t tokens;
    int64_t distinct;
    struct wire_engine engine;  /* the daemon's own */
    const char *const *engines; /* of the jobs' pages */
    size_t n_engines;
    const struct wire_word *words; /* NULL with `per` */
    size_t n_words;
    const struct wire_group *groups; /* NULL without `per` */
    size_t n_groups;
};

extern const struct wire_shape wire_word_shape;
extern const struct wire_shape wire_group_word_shape;
extern const struct wire_shape wire_group_shape;
extern const struct wire_shape wire_top_in_shape;
extern const struct wire_shape wire_top_out_shape;
