/* Verbs that change jobs, one after the other: durable when they answer. Thread: main. */
#pragma once

#include "server/work.h"
#include "wire/control.h"

struct change {
    struct work work;
    /* Has the engine change one job; `done` or an error, as engine.h has it. */
    int (*start)(struct change *change, uint64_t job, engine_changed done);
    /* All are changed: replies and ends the work. */
    void (*finish)(struct change *change);
    const char *verb;       /* "paused", for messages */
    size_t index;           /* of work.rows: the job under way */
    uint64_t refused;       /* the job whose state did not allow it */
    uint64_t n;             /* summed over the jobs */
    enum outcome *outcomes; /* Retry's */
    size_t n_outcomes;
    int32_t priority; /* Priority's */
};

/* Finds the jobs, changes each, then finish(). */
void change_run(struct change *change, const char *const *jobs, size_t n_jobs);

/* The ordinary finish(): the jobs as they are now. */
void change_reply_jobs(struct change *change);

/* Pause, Resume and Cancel of jobs. */
void change_serve(struct call *call, const char *const *jobs, size_t n_jobs, const char *verb,
    int (*start)(struct change *change, uint64_t job, engine_changed done));

/* Remove with `before`: jobs by when they ended. */
void serve_remove_ended(struct call *call, const struct wire_remove_in *in);

/* Pause and Resume of hosts, by their pattern. */
void host_change_serve(struct call *call, const char *host, bool paused);
