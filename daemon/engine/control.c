#include "engine/expire.h"
#include "engine/job.h"
#include "engine/lane.h"
#include "engine/state.h"
#include "engine/watch.h"
#include "store/store.h"
#include "store/store_change.h"
#include "store/store_read.h"

#include "base/clock.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One change of a job on its way to the store, and who waits for it. */
struct change {
    union {
        struct store_request request;
        struct store_set_state set_state;
        struct store_retry retry;
        struct store_remove remove;
        struct store_set_priority priority;
        struct store_read_jobs read;
    };
    struct engine *engine;
    uint64_t number;
    engine_changed done;
    void *userdata;
    enum store_job_state state; /* wanted */
    enum outcome *outcomes;
    size_t n_outcomes;
    uint64_t retried;
};

static void free_change(struct change *change)
{
    free(change->outcomes);
    free(change);
}

static void answer(struct change *change, int r, uint64_t n)
{
    change->done(change->userdata, r, n);
    free_change(change);
}

static void submit(struct change *change)
{
    engine_request(change->engine, &change->request);
}

/* ---- first what is: the job's row ---- */

typedef void (*change_with_row)(struct change *change, const struct store_job_row *row);

static void came_back(struct change *change)
{
    engine_request_came(change->engine);
}

static struct change *change_new(struct engine *engine, uint64_t number, engine_changed done, void *userdata)
{
    struct change *change = calloc(1, sizeof(*change));

    if (!change)
        return NULL;
    change->engine = engine;
    change->number = number;
    change->done = done;
    change->userdata = userdata;
    return change;
}

static void read_row(struct change *change, void (*came)(struct store_request *request, void *receiver))
{
    change->read = (struct store_read_jobs){
        .request = {.kind = STORE_READ_JOBS, .done = came},
        .select = SELECT_NUMBER,
        .number = change->number,
    };
    submit(change);
}

/* 0 and the row, borrowed from change->read; or the error to answer with. */
static int take_row(struct change *change, const struct store_job_row **ret)
{
    came_back(change);
    if (change->request.r < 0)
        return change->request.r;
    if (change->read.n_rows != 1)
        return -ENOENT;
    *ret = &change->read.rows[0];
    return 0;
}

/* ---- pause, resume, cancel ---- */

static void cancel_in_memory(struct job *job)
{
    job->n_writes++;
    job_end(job, JOB_CANCELLED);
    job->n_writes--;
    job_release(job);
}

static void apply_state(struct job *job, enum store_job_state state)
{
    if (job->phase == PHASE_FINISHING)
        return;
    switch (state) {
    case JOB_PAUSED:
        job->phase = PHASE_PAUSED;
        break;
    case JOB_QUEUED:
    case JOB_RUNNING:
        job->phase = PHASE_RUNNING;
        break;
    case JOB_CANCELLED:
        cancel_in_memory(job);
        return;
    case JOB_DONE:
        return;
    }
    job_schedule_lanes(job);
    watch_job_changed(job, state, true);
}

static void state_written(struct store_request *request, void *receiver)
{
    struct change *change = CONTAINER_OF(request, struct change, request);
    struct job *job = job_find(change->engine, change->number);

    came_back(change);
    if (request->r == 0 && change->state == JOB_CANCELLED)
        retention_job_ended(change->engine);
    if (request->r == 0 && job)
        apply_state(job, change->state);
    answer(change, request->r, 0);
}

/* 0: the change is to be made; -EALREADY; -EINVAL. */
static int check_change(enum store_job_state from, enum store_job_state to)
{
    switch (from) {
    case JOB_QUEUED:
    case JOB_RUNNING:
        return to == JOB_RUNNING ? -EALREADY : 0;
    case JOB_PAUSED:
        return to == JOB_PAUSED ? -EALREADY : 0;
    case JOB_CANCELLED:
        return to == JOB_CANCELLED ? -EALREADY : -EINVAL;
    case JOB_DONE:
        return -EINVAL;
    }
    return -EINVAL;
}

static void state_read(struct store_request *request, void *receiver)
{
    struct change *change = CONTAINER_OF(request, struct change, request);
    struct job *job = job_find(change->engine, change->number);
    const struct store_job_row *row;
    int r = take_row(change, &row);

    if (r == 0)
        r = check_change(row->state, change->state);
    if (r == 0 && job && job->phase == PHASE_FINISHING)
        r = -EINVAL;
    store_rows_free(change->read.rows);
    if (r < 0) {
        answer(change, r, 0);
        return;
    }
    /* A first start meanwhile must not write JOB_RUNNING behind this. */
    if (job)
        job->started = true;
    change->set_state = (struct store_set_state){
        .request = {.kind = STORE_SET_STATE, .done = state_written},
        .job = change->number,
        .state = change->state,
        .finished_usec = change->state == JOB_CANCELLED ? clock_realtime_usec() : 0,
    };
    submit(change);
}

static int set_state(
    struct engine *engine, uint64_t number, enum store_job_state state, engine_changed done, void *userdata)
{
    struct change *change = change_new(engine, number, done, userdata);

    if (!change)
        return -ENOMEM;
    change->state = state;
    read_row(change, state_read);
    return 0;
}

int engine_pause(struct engine *engine, uint64_t job, engine_changed done, void *userdata)
{
    return set_state(engine, job, JOB_PAUSED, done, userdata);
}

int engine_resume(struct engine *engine, uint64_t job, engine_changed done, void *userdata)
{
    return set_state(engine, job, JOB_RUNNING, done, userdata);
}

int engine_cancel(struct engine *engine, uint64_t job, engine_changed done, void *userdata)
{
    return set_state(engine, job, JOB_CANCELLED, done, userdata);
}

/* ---- retry ---- */

/* A job that memory knows reads its lanes again from their start. Whatever was retried had been counted as
 * ended here: its outcome came back from the store before the retry did. */
static void reread(struct job *job, uint64_t retried)
{
    expire_forget(job);
    job->ended -= retried;
    job->user->queued += retried;
    LIST_FOR_EACH (link, &job->lanes) {
        struct lane *lane = CONTAINER_OF(link, struct lane, in_job);

        for (size_t i = 0; i < 2; i++)
            if (lane->giving_up[i] == GIVEN_UP)
                lane->giving_up[i] = GIVING_UP_NOTHING;
        lane_grow(lane);
    }
    job_reread_hosts(job);
}

static void retried_row_came(struct store_request *request, void *receiver)
{
    struct change *change = CONTAINER_OF(request, struct change, request);
    const struct store_job_row *row;
    struct job *job;
    int r = take_row(change, &row);

    change->engine->reviving = false;
    if (r == 0) {
        job = job_new(change->engine, row);
        if (job)
            job_load_hosts(job);
        else
            r = -ENOMEM; /* durable all the same: the next start goes on with it */
    }
    store_rows_free(change->read.rows);
    answer(change, r, change->retried);
}

static void retry_written(struct store_request *request, void *receiver)
{
    struct change *change = CONTAINER_OF(request, struct change, request);
    struct engine *engine = change->engine;
    struct job *job = job_find(engine, change->number);

    came_back(change);
    change->retried = change->retry.retried;
    if (request->r == 0 && change->retried > 0 && !job) {
        read_row(change, retried_row_came);
        return;
    }
    engine->reviving = false;
    if (request->r == 0 && change->retried > 0)
        reread(job, change->retried);
    answer(change, request->r, change->retried);
}

int engine_retry(struct engine *engine, uint64_t number, const enum outcome *outcomes_wanted,
    size_t n_outcomes, engine_changed done, void *userdata)
{
    const struct job *job = job_find(engine, number);
    struct change *change;

    /* One at a time, so that the counts of a job that comes back to memory are those of one moment. */
    if (engine->reviving || (job && job->phase == PHASE_FINISHING))
        return -EAGAIN;
    change = change_new(engine, number, done, userdata);
    if (!change)
        return -ENOMEM;
    change->outcomes = calloc(n_outcomes + 1, sizeof(*change->outcomes));
    if (!change->outcomes) {
        free_change(change);
        return -ENOMEM;
    }
    if (n_outcomes > 0)
        memcpy(change->outcomes, outcomes_wanted, n_outcomes * sizeof(*outcomes_wanted));
    change->retry = (struct store_retry){
        .request = {.kind = STORE_RETRY, .done = retry_written},
        .job = number,
        .outcomes = change->outcomes,
        .n_outcomes = n_outcomes,
    };
    engine->reviving = true;
    submit(change);
    return 0;
}

/* ---- remove ---- */

static void removed(struct store_request *request, void *receiver)
{
    struct change *change = CONTAINER_OF(request, struct change, request);
    struct job *job = job_find(change->engine, change->number);

    came_back(change);
    if (request->r == 0 && job) {
        job->n_writes++;
        job_close(job);
        watch_job_changed(job, JOB_CANCELLED, false);
        job->n_writes--;
        job_release(job);
    }
    answer(change, request->r, 0);
}

int engine_remove(struct engine *engine, uint64_t number, engine_changed done, void *userdata)
{
    struct change *change = change_new(engine, number, done, userdata);

    if (!change)
        return -ENOMEM;
    change->remove.request = (struct store_request){.kind = STORE_REMOVE, .done = removed};
    change->remove.job = number;
    submit(change);
    return 0;
}

/* ---- priority ---- */

static void priority_written(struct store_request *request, void *receiver)
{
    struct change *change = CONTAINER_OF(request, struct change, request);
    struct job *job = job_find(change->engine, change->number);

    came_back(change);
    if (request->r == 0 && job) {
        job->priority = change->priority.priority;
        job_reorder_lanes(job);
    }
    answer(change, request->r, 0);
}

int engine_set_priority(
    struct engine *engine, uint64_t number, int32_t priority, engine_changed done, void *userdata)
{
    struct change *change = change_new(engine, number, done, userdata);

    if (!change)
        return -ENOMEM;
    change->priority.request = (struct store_request){.kind = STORE_SET_PRIORITY, .done = priority_written};
    change->priority.job = number;
    change->priority.priority = priority;
    submit(change);
    return 0;
}
