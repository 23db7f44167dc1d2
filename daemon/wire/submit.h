/* Submit, Begin, Append, Commit. Thread: any. */
#pragma once

#include "wire/shape.h"

struct wire_entry {
    const char *url;
    struct wire_int source;
    struct wire_int line;
    const char *label; /* may be NULL */
};

struct wire_rejected {
    const char *source; /* may be NULL */
    struct wire_int line;
    const char *text;
    const char *reason;
};

struct wire_slowest_host {
    const char *host;
    int64_t urls;
    double delay;
    double seconds;
};

struct wire_begin_in {
    const char *name;  /* may be NULL */
    const char *label; /* may be NULL */
    struct wire_int priority;
    const char *key; /* may be NULL */
    struct wire_float deadline;
    struct wire_bool strict;
    struct wire_float max_age; /* seconds */
    const char *again;         /* may be NULL */
    struct wire_bool keep;
    struct wire_float expire;   /* seconds */
    const char *const *sources; /* may be NULL */
    size_t n_sources;
};

struct wire_submit_in {
    struct wire_begin_in begin;
    const struct wire_entry *urls;
    size_t n_urls;
};

struct wire_submit_out {
    struct wire_int job;
    int64_t accepted;
    int64_t duplicates;
    const struct wire_rejected *rejected;
    size_t n_rejected;
    int64_t rejected_count;
    bool existed;
    const struct wire_slowest_host *slowest_host; /* may be NULL */
};

struct wire_append_in {
    const struct wire_entry *urls;
    size_t n_urls;
};

struct wire_append_out {
    int64_t accepted;
    int64_t duplicates;
    const struct wire_rejected *rejected;
    size_t n_rejected;
    int64_t rejected_count;
};

struct wire_commit_out {
    struct wire_int job;
    int64_t accepted;
    int64_t duplicates;
    int64_t rejected_count;
    bool existed;
    const struct wire_slowest_host *slowest_host; /* may be NULL */
};

extern const struct wire_shape wire_entry_shape;
extern const struct wire_shape wire_rejected_shape;
extern const struct wire_shape wire_slowest_host_shape;
extern const struct wire_shape wire_submit_in_shape;
extern const struct wire_shape wire_submit_out_shape;
extern const struct wire_shape wire_begin_in_shape;
extern const struct wire_shape wire_append_in_shape;
extern const struct wire_shape wire_append_out_shape;
extern const struct wire_shape wire_commit_out_shape;
