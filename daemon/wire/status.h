/* Workers, Reload, SetLogLevel, Metrics, Status, Ping. Thread: any. */
#pragma once

#include "wire/job.h"

struct wire_transfer {
    struct wire_int job;
    struct wire_int page;
    const char *url;
    double seconds;
};

struct wire_worker {
    int64_t worker;
    int64_t active;
    int64_t fetched;
    int64_t bytes;
    int64_t tokens;
    const struct wire_transfer *transfers;
    size_t n_transfers;
};

struct wire_workers_out {
    const struct wire_worker *workers;
    size_t n_workers;
};

struct wire_job_counts {
    int64_t queued;
    int64_t running;
    int64_t paused;
};

struct wire_store_status {
    int64_t bytes;
    int64_t wal_bytes;
    int64_t free_bytes;
    int64_t transactions;
    double write_seconds;
    int64_t used_bytes;
    struct wire_int max_bytes;
};

struct wire_user_use {
    const char *user;
    int64_t queued;
    int64_t max_queued;
    int64_t jobs;
    int64_t bytes;
    struct wire_int max_bytes;
};

struct wire_status_out {
    const char *version;
    struct wire_engine engine;
    int64_t pid;
    double uptime;
    struct wire_job_counts jobs;
    int64_t queued;
    int64_t active;
    int64_t hosts;
    int64_t workers;
    int64_t max_transfers;
    int64_t top_words;
    int64_t connections;
    double urls_per_second;
    double bytes_per_second;
    int64_t counted;
    struct wire_store_status store;
    const char *const *warnings;
    size_t n_warnings;
    const char *log_level;              /* may be NULL */
    const struct wire_user_use *caller; /* may be NULL */
};

struct wire_reload_out {
    const char *const *need_restart;
    size_t n_need_restart;
};

struct wire_set_log_level_in {
    const char *level;
};

struct wire_metrics_out {
    const char *text;
};

struct wire_ping_out {
    const char *version;
};

extern const struct wire_shape wire_transfer_shape;
extern const struct wire_shape wire_worker_shape;
extern const struct wire_shape wire_workers_out_shape;
extern const struct wire_shape wire_job_counts_shape;
extern const struct wire_shape wire_store_status_shape;
extern const struct wire_shape wire_user_use_shape;
extern const struct wire_shape wire_status_out_shape;
extern const struct wire_shape wire_reload_out_shape;
extern const struct wire_shape wire_set_log_level_in_shape;
extern const struct wire_shape wire_metrics_out_shape;
extern const struct wire_shape wire_ping_out_shape;
