/* The engine itself, as its own files see it. No file outside engine/ includes this, nor the headers of lane,
 * job, host and so on beside it.
 *
 *   engine --- jobs (by number) --- lanes (one per host of the job that is loaded) --- URLs in memory
 *          \-- hosts (by key) ----- lanes of that host over all jobs
 *          \-- workers ------------ tasks in flight
 *
 * Thread: main. */
#pragma once

#include "base/heap.h"
#include "base/list.h"
#include "engine/engine.h"
#include "engine/metrics.h"
#include "engine/rates.h"
#include "engine/retention.h"
#include "engine/robots_shelf.h"
#include "engine/running_totals.h"
#include "engine/space.h"
#include "store/store.h"

struct control_change;
struct flight;
struct host;
struct job;
struct user;
struct worker;

/* How soon a write that failed is tried again. */
#define ENGINE_STORE_RETRY_USEC (2 * USEC_PER_SEC)

struct engine {
    struct engine_settings *settings;
    struct store *store;
    struct mailbox *inbox;
    uint64_t started_usec;
    uint64_t quiet_since_usec; /* boottime: the daemon before this one started nothing any more */
    struct job *jobs;
    struct host *hosts;
    struct user *users;
    size_t n_hosts, n_idle_hosts;
    struct list idle_hosts; /* longest idle first */
    struct robots_shelves robots;
    struct list fresh_lanes;
    struct flight *flights; /* URLs in flight */
    struct heap timers;
    struct heap deadlines;         /* of jobs */
    struct list expiring;          /* jobs whose deadline is over: the store is to know */
    bool expire_again;             /* it is to be told, perhaps once more */
    struct heap ready, ready_slow; /* hosts that answer in time, and the others */
    uint64_t turn;                 /* counts starts: who was served longest ago comes first */
    uint64_t share_turn;           /* that was reached, see share.h */
    size_t n_lanes;                /* of all jobs */
    struct rate rate;              /* MaxBytesPerSec=, where there is such a limit */
    struct worker **workers;       /* ENGINE_MAX_WORKERS places */
    unsigned n_workers;            /* that there are; new tasks go to the first settings->n_workers alone */
    size_t n_orders;               /* to workers, under way */
    struct list *in_flight;        /* per worker: tasks, by task.in_worker */
    uint64_t *n_in_flight;
    size_t n_active;
    size_t n_slow;          /* of these, to hosts that do not answer in time */
    struct list unanswered; /* of these, those that slow.h has not judged: longest in flight first */
    char **paused;          /* patterns of hosts */
    size_t n_paused, paused_capacity;
    size_t n_requests; /* store requests of the engine's under way */
    size_t n_unwritten;
    size_t unwritten_bytes;
    struct list unwritten; /* ended tasks whose write failed, by task.in_job */
    int store_error;       /* a write failed, and how */
    /* -ENOSPC: less than MinFreeSpace= is free, or the store has no room; -EOVERFLOW: MaxSize= is reached;
     * else why the store cannot be written at all, store_failure(). */
    int space_error;
    bool space_unchecked; /* something was written since, though no job is in memory any more */
    uint64_t space_checked_usec;
    uint64_t store_retry_usec;
    bool draining;
    bool stopped;                  /* the store is not asked any more */
    bool reviving;                 /* a retry is under way */
    struct control_change *orphan; /* this one: its job is on disk, and there is no memory to go on with it */
    struct list retries;           /* that have not begun, by control_change.in_engine */
    struct list waiting;           /* changes of jobs whose end is being written, likewise */
    struct retention retention;
    struct healing healing;
    struct list submissions; /* lists that are open, by engine_submission.in_engine */
    unsigned n_submitting;   /* of these, with lines */
    unsigned n_spills;       /* sets of theirs on their way to the disk */
    uint64_t submit_memory;  /* of all of them, bytes */
    bool submit_shrinks;     /* MaxSubmitMemory= became less than that, and they give it back */
    uint64_t submit_sets;    /* of that, fingerprints */
    struct running_all running;
    uint64_t counted, ended;
    struct engine_metrics metrics;
    struct rates rates;
    unsigned random_state;
    const struct engine_observer *observer;
    void *observer_userdata;
};

/* Its settings from now on. */
void engine_adopt(struct engine *engine, struct engine_settings *settings);
/* Hands a request to the store. Once stopped, it comes back as -ESHUTDOWN instead. */
void engine_request(struct engine *engine, struct store_request *request);
/* What the store could not do is tried again in a while. */
void engine_retry_soon(struct engine *engine);
/* To be called first in what a request's `done` does. */
void engine_request_came(struct engine *engine);
