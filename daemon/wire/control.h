/* Wait, Pause, Resume, Cancel, Retry, Priority, Remove. Wait, Pause, Resume, Cancel and Priority reply with
 * struct wire_jobs_out of wire/lists.h. Thread: any. */
#pragma once

#include "wire/job.h"

/* The parameters of Wait and Cancel. */
struct wire_control_in {
    const char *const *jobs; /* may be NULL: the caller's latest */
    size_t n_jobs;
};

/* Pause and Resume. */
struct wire_pause_in {
    const char *const *jobs; /* may be NULL: the caller's latest, unless there is a host */
    size_t n_jobs;
    const char *host; /* a pattern; may be NULL */
};

struct wire_retry_in {
    const char *const *jobs; /* may be NULL */
    size_t n_jobs;
    const char *const *outcomes; /* may be NULL */
    size_t n_outcomes;
};

struct wire_retry_out {
    const struct wire_job *jobs;
    size_t n_jobs;
    int64_t retried;
};

struct wire_priority_in {
    const char *const *jobs; /* may be NULL */
    size_t n_jobs;
    int64_t priority;
};

struct wire_remove_in {
    const char *const *jobs; /* NULL where `before` is set */
    size_t n_jobs;
    struct wire_float before; /* seconds */
    const char *name;         /* may be NULL */
};

struct wire_remove_out {
    const int64_t *removed;
    size_t n_removed;
};

extern const struct wire_shape wire_control_in_shape;
extern const struct wire_shape wire_pause_in_shape;
extern const struct wire_shape wire_retry_in_shape;
extern const struct wire_shape wire_retry_out_shape;
extern const struct wire_shape wire_priority_in_shape;
extern const struct wire_shape wire_remove_in_shape;
extern const struct wire_shape wire_remove_out_shape;
