#include "engine/job.h"
#include "base/list.h"
#include "engine/dispatch.h"
#include "engine/engine.h"
#include "engine/expire.h"
#include "engine/host.h"
#include "engine/lane.h"
#include "engine/state.h"
#include "engine/table.h"
#include "engine/task.h"
#include "engine/watch.h"
#include "engine/worker.h"
#include "store/store.h"
#include "store/store_read.h"

#include "base/clock.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct hosts_read {
    struct store_read_hosts read;
    struct job *job;
    char *after;
};

struct job *job_find(const struct engine *engine, uint64_t number)
{
    struct job *job;

    HASH_FIND(hh, engine->jobs, &number, sizeof(number), job);
    return job;
}

struct user *user_get(struct engine *engine, uid_t uid)
{
    struct user *user;

    HASH_FIND(hh, engine->users, &uid, sizeof(uid), user);
    if (user)
        return user;
    user = calloc(1, sizeof(*user));
    if (!user)
        return NULL;
    user->uid = uid;
    HASH_ADD(hh, engine->users, uid, sizeof(uid), user);
    if (!user->hh.tbl) {
        free(user);
        return NULL;
    }
    return user;
}

struct job *job_new(struct engine *engine, const struct store_job_row *row)
{
    struct user *user = user_get(engine, row->uid);
    struct job *job = user ? calloc(1, sizeof(*job)) : NULL;

    if (!job)
        return NULL;
    job->engine = engine;
    job->number = row->job;
    job->user = user;
    job->priority = row->priority;
    job->phase = row->state == JOB_PAUSED ? PHASE_PAUSED : PHASE_RUNNING;
    job->started = row->state != JOB_QUEUED;
    job->since_usec = clock_boottime_usec();
    job->total = row->total;
    job->max_age_usec = row->max_age_usec;
    job->ended = row->counted + row->failed + row->skipped + row->cancelled;
    list_init(&job->lanes);
    list_init(&job->tasks);
    list_init(&job->watches);
    list_init(&job->expiring);
    HASH_ADD(hh, engine->jobs, number, sizeof(job->number), job);
    if (!job->hh.tbl) {
        free(job);
        return NULL;
    }
    running_drop(engine, row->job);
    user->queued += job->total - job->ended;
    if (expire_watch(job, row) < 0) {
        job_free(job);
        return NULL;
    }
    return job;
}

void job_free(struct job *job)
{
    if (job->phase != PHASE_CLOSED)
        job_close(job);
    free(job->host_cursor);
    free(job);
}

static size_t lanes_wanted(const struct engine *engine)
{
    size_t wanted = 2 * (size_t)engine->settings->max_transfers;
    size_t share = ENGINE_LANES / (HASH_COUNT(engine->jobs) + 1);

    if (wanted < ENGINE_LANES_PER_JOB)
        wanted = ENGINE_LANES_PER_JOB;
    if (engine->n_lanes >= ENGINE_LANES)
        wanted = 0;
    if (wanted > share)
        wanted = share;
    return wanted > ENGINE_LANES_MIN ? wanted : ENGINE_LANES_MIN;
}

/* Few where a job has few lanes, as up to so many come on top. */
static size_t hosts_at_once(const struct engine *engine)
{
    size_t n = lanes_wanted(engine) / 4;

    if (n < ENGINE_LANES_MIN)
        return ENGINE_LANES_MIN;
    return n < STORE_STEP_ROWS ? n : STORE_STEP_ROWS;
}

static int take_hosts(struct job *job, const struct store_read_hosts *read)
{
    for (size_t i = 0; i < read->n_rows; i++) {
        struct lane *lane = lane_get(job, read->rows[i].host, read->rows[i].n_urls);
        char *cursor = lane ? strdup(read->rows[i].host) : NULL;

        if (!cursor)
            return -ENOMEM;
        free(job->host_cursor);
        job->host_cursor = cursor;
        host_schedule(lane->host);
    }
    return 0;
}

static void hosts_came(struct store_request *request, void *receiver)
{
    struct hosts_read *read = CONTAINER_OF(request, struct hosts_read, read.request);
    struct job *job = read->job;

    job->n_writes--;
    engine_request_came(job->engine);
    job->hosts_loading = false;
    if (job->phase != PHASE_CLOSED && request->r == 0 && take_hosts(job, &read->read) == 0) {
        job->hosts_end = read->read.n_rows < read->read.max_rows;
        job_load_hosts(job);
        dispatch(job->engine);
    } else if (job->phase != PHASE_CLOSED) {
        engine_retry_soon(job->engine);
    }
    store_rows_free(read->read.rows);
    free(read->after);
    free(read);
    job_release(job);
}

void job_load_hosts(struct job *job)
{
    struct hosts_read *read;

    if (job->hosts_end || job->hosts_loading || job->phase == PHASE_CLOSED)
        return;
    if (job->n_lanes >= lanes_wanted(job->engine))
        return;
    read = calloc(1, sizeof(*read));
    if (read && job->host_cursor)
        read->after = strdup(job->host_cursor);
    if (!read || (job->host_cursor && !read->after)) {
        free(read);
        engine_retry_soon(job->engine);
        return;
    }
    read->job = job;
    read->read.request = (struct store_request){.kind = STORE_READ_HOSTS, .done = hosts_came};
    read->read.job = job->number;
    read->read.after = read->after;
    read->read.max_rows = hosts_at_once(job->engine);
    job->hosts_loading = true;
    job->n_writes++;
    engine_request(job->engine, &read->read.request);
}

void job_reread_hosts(struct job *job)
{
    job->hosts_end = false;
    free(job->host_cursor);
    job->host_cursor = NULL;
    job_load_hosts(job);
}

void job_schedule_lanes(struct job *job)
{
    LIST_FOR_EACH (link, &job->lanes)
        host_schedule(CONTAINER_OF(link, struct lane, in_job)->host);
    dispatch(job->engine);
}

void job_reorder_lanes(struct job *job)
{
    LIST_FOR_EACH (link, &job->lanes)
        host_reorder(CONTAINER_OF(link, struct lane, in_job)->host);
    dispatch(job->engine);
}

void job_url_ended(struct job *job)
{
    job->ended++;
    assert(job->ended <= job->total);
    job->user->queued--;
    job_finish_if_ended(job);
}

void job_add_task(struct job *job, struct task *task)
{
    list_append(&job->tasks, &task->in_job);
    /* Where memory is short, the URL is shown as one that waits. */
    HASH_ADD(by_seq, job->tasks_by_seq, seq, sizeof(task->seq), task);
}

void job_drop_task(struct job *job, struct task *task)
{
    list_remove(&task->in_job);
    if (task->by_seq.tbl)
        HASH_DELETE(by_seq, job->tasks_by_seq, task);
    task->by_seq.tbl = NULL;
}

void job_cancel_tasks(struct job *job)
{
    LIST_FOR_EACH (link, &job->tasks) {
        struct task *task = CONTAINER_OF(link, struct task, in_job);

        if (!task->cancel_posted && !task->returned) {
            task->n_mails++;
            worker_cancel(task->worker, task);
        }
    }
}

void job_close(struct job *job)
{
    assert(job->phase != PHASE_CLOSED);
    job->phase = PHASE_CLOSED;
    running_free(job);
    expire_forget(job);
    HASH_DEL(job->engine->jobs, job);
    job->user->queued -= job->total - job->ended;
    job->ended = job->total;
    job_cancel_tasks(job);
    LIST_FOR_EACH (lane_link, &job->lanes)
        lane_free(CONTAINER_OF(lane_link, struct lane, in_job));
}

void job_end(struct job *job, enum store_job_state state)
{
    struct engine *engine = job->engine;

    if (state == JOB_DONE)
        running_leave(job);
    job_close(job);
    retention_job_ended(engine);
    watch_job_changed(job, state, true);
    if (engine->observer && engine->observer->job_ended)
        engine->observer->job_ended(engine->observer_userdata, job->number, state, job->total);
}

void job_release(struct job *job)
{
    if (job->phase == PHASE_CLOSED && job->n_active == 0 && job->n_writes == 0 &&
        list_is_empty(&job->watches))
        job_free(job);
}
