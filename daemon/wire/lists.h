/* Jobs, Show, Urls, Watch: what is known of jobs and their URLs. Thread: any. */
#pragma once

#include "wire/job.h"
#include "wire/top.h"

struct wire_jobs_in {
    struct wire_bool all;
    const char *name; /* may be NULL, as every string here */
    const char *state;
    const char *owner;
    const char *since;
};

/* The reply of Jobs, Show, Wait, Pause, Resume and Cancel. */
struct wire_jobs_out {
    const struct wire_job *jobs;
    size_t n_jobs;
};

struct wire_show_in {
    const char *job; /* may be NULL */
    struct wire_bool cite;
};

struct wire_urls_in {
    const char *job; /* may be NULL, as every string here */
    const char *state;
    const char *outcome;
    const char *host;
    const char *url;
    struct wire_int max_tokens;
};

struct wire_urls_out {
    const struct wire_url *urls;
    size_t n_urls;
};

struct wire_watch_in {
    const char *const *jobs; /* may be NULL */
    size_t n_jobs;
    struct wire_int per_page;
};

struct wire_watch_out {
    const struct wire_job *jobs;
    size_t n_jobs;
    double urls_per_second;
    double bytes_per_second;
    const struct wire_group *page; /* may be NULL */
    const struct wire_url *url;    /* may be NULL */
};

extern const struct wire_shape wire_jobs_in_shape;
extern const struct wire_shape wire_jobs_out_shape;
extern const struct wire_shape wire_show_in_shape;
extern const struct wire_shape wire_urls_in_shape;
extern const struct wire_shape wire_urls_out_shape;
extern const struct wire_shape wire_watch_in_shape;
extern const struct wire_shape wire_watch_out_shape;
