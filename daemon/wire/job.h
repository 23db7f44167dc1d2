/* Engine, Job and Url: the types that several methods of io.urlstat.varlink share. Thread: any. */
#pragma once

#include "wire/shape.h"

struct wire_engine {
    const char *id;
    const char *rules;
    const char *icu;
    const char *unicode;
    const char *dictionaries;
};

struct wire_outcome_count {
    const char *outcome;
    const char *state;
    int64_t urls;
    const char *example_url;    /* may be NULL */
    const char *example_detail; /* may be NULL */
};

struct wire_setting {
    const char *name;
    const char *value;
};

struct wire_equal_pages {
    int64_t pages;
    int64_t page;
    const char *example_url;
    const char *content_hash;
    int64_t tokens;
};

struct wire_cite {
    const char *first_fetched; /* may be NULL, and the next one */
    const char *last_fetched;
    int64_t distinct;
    const char *const *engines;
    size_t n_engines;
    const char *list_hash;
    const struct wire_setting *settings;
    size_t n_settings;
    const struct wire_equal_pages *equal_pages; /* NULL: not known */
    size_t n_equal_pages;
};

struct wire_job {
    int64_t job;
    const char *name; /* may be NULL */
    const char *state;
    const char *user; /* may be NULL */
    int64_t uid;
    int64_t priority;
    int64_t total;
    int64_t queued;
    int64_t active;
    int64_t counted;
    int64_t failed;
    int64_t skipped;
    int64_t cancelled;
    int64_t duplicates;
    int64_t tokens;
    int64_t bytes;
    const char *submitted;
    const char *finished; /* may be NULL */
    struct wire_float remaining;
    const char *expires;                       /* may be NULL */
    const struct wire_outcome_count *outcomes; /* NULL but in Show */
    size_t n_outcomes;
    const struct wire_engine *engine; /* NULL but in Show */
    const char *deadline;             /* may be NULL */
    struct wire_bool imported;        /* set and true, or not set */
    const struct wire_cite *cite;     /* NULL but in Show */
};

/* Every string but `submitted`, `url`, `host` and `state` may be NULL. */
struct wire_url {
    int64_t job;
    int64_t page;
    const char *source;
    struct wire_int line;
    const char *label;
    const char *submitted;
    const char *url;
    const char *final_url;
    const char *host;
    const char *state;
    const char *outcome;
    const char *detail;
    struct wire_int http_status;
    const char *fetched;
    const char *counted_from;
    const char *content_type;
    const char *charset;
    const char *charset_from;
    const char *title;
    const char *content_hash;
    struct wire_int body_bytes;
    struct wire_int wire_bytes;
    struct wire_int replaced;
    struct wire_int tokens;
    struct wire_int distinct;
    struct wire_int attempts;
    struct wire_float seconds;
};

extern const struct wire_shape wire_engine_shape;
extern const struct wire_shape wire_outcome_count_shape;
extern const struct wire_shape wire_setting_shape;
extern const struct wire_shape wire_equal_pages_shape;
extern const struct wire_shape wire_cite_shape;
extern const struct wire_shape wire_job_shape;
extern const struct wire_shape wire_url_shape;
