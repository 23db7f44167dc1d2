/* A job in memory, from the moment it is committed until it has ended and nothing points to it any more; and
 * the user whose it is. Thread: main. */
#pragma once

#include "base/heap.h"
#include "base/list.h"
#include "engine/rates.h"
#include "engine/running_kept.h"
#include "engine/table.h"
#include "store/store_read.h"

struct engine;
struct task;

/* Lanes of one job in memory, at least. More if MaxTransfers= is greater, fewer where there are many jobs. */
#define ENGINE_LANES_PER_JOB 4096
/* Of all jobs, about; and what a job has all the same. */
#define ENGINE_LANES 65536
#define ENGINE_LANES_MIN 64

struct user {
    uid_t uid;
    uint64_t queued;      /* URLs of jobs that have not ended, and of lists being submitted */
    uint64_t served;      /* turn of its last start, see engine.turn */
    uint64_t n_busy_jobs; /* that have lanes in memory */
    UT_hash_handle hh;
};

enum job_phase {
    PHASE_RUNNING,
    PHASE_PAUSED,
    PHASE_FINISHING, /* every URL ended; totals are being made */
    PHASE_CLOSED,    /* cancelled, removed or finished: no result counts any more; freed with its last task */
};

struct job {
    struct engine *engine;
    uint64_t number;
    struct user *user;
    int32_t priority;
    enum job_phase phase;
    bool started; /* its state is not JOB_QUEUED any more */
    uint64_t total, ended;
    int64_t max_age_usec; /* as engine_submit_options have it */
    struct rates rates;
    uint64_t since_usec; /* boottime: when it began, or came to memory */
    uint64_t n_active;   /* tasks in flight */
    uint64_t n_writes;   /* requests under way that point here */
    size_t n_lanes;
    uint64_t next_turn; /* see share.h */
    struct list lanes;
    struct list tasks;                             /* in flight, by task.in_job */
    struct task *tasks_by_seq;                     /* those of `tasks`, and those whose write failed */
    struct list watches;                           /* by watch.link */
    struct heap_item deadline;                     /* in engine.deadlines */
    struct list expiring;                          /* in engine.expiring */
    struct running_totals *running[RUNNING_KINDS]; /* NULL until somebody asks */
    bool is_expired;                               /* it starts nothing any more */
    char *host_cursor;                             /* the last host that was read; NULL at first */
    bool hosts_loading;
    bool hosts_end;
    UT_hash_handle hh;
};

struct job *job_find(const struct engine *engine, uint64_t number);
struct user *user_get(struct engine *engine, uid_t uid);
/* From its row; queued URLs are charged to the user. NULL: out of memory. */
struct job *job_new(struct engine *engine, const struct store_job_row *row);
void job_free(struct job *job);
/* Reads more hosts of the job, as far as there is room for lanes. */
void job_load_hosts(struct job *job);
/* From the first one on, since URLs came under hosts that were read before. */
void job_reread_hosts(struct job *job);
/* After a change of its phase: whether its hosts have something to start. */
void job_schedule_lanes(struct job *job);
/* After a change of its priority: where its hosts stand in line. */
void job_reorder_lanes(struct job *job);
/* A URL of it is durable. Finishes the job with the last one. */
void job_url_ended(struct job *job);
/* Forgets a closed job as soon as nothing points to it any more. */
void job_release(struct job *job);
/* What is in flight is aborted, and comes back as OUTCOME_CANCELLED. */
void job_cancel_tasks(struct job *job);
/* In flight from here on, until the store is done with it; both once for each task. */
void job_add_task(struct job *job, struct task *task);
void job_drop_task(struct job *job, struct task *task);
/* Closes it: it is not found any more, lanes go, tasks are cancelled, results do not count. */
void job_close(struct job *job);
/* It is DONE or CANCELLED, durably: closes it, and tells who watches. The caller holds it by n_writes. */
void job_end(struct job *job, enum store_job_state state);

/* ---- job_finish.c ---- */
/* Makes the totals of a job that has ended otherwise; to be called before job_end(), which lets go of what is
 * kept of its pages. */
void job_total(struct job *job);
void job_finish_if_ended(struct job *job);
