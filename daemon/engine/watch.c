#include "engine/watch.h"
#include "base/list.h"
#include "engine/job.h"
#include "engine/state.h"
#include "engine/task.h"
#include "fetch/url.h"
#include "store/store.h"
#include "store/store_read.h"

#include <errno.h>
#include <stdlib.h>

struct engine_watch {
    struct engine *engine;
    struct job *job; /* NULL for one that has ended, or is not known yet */
    struct list link;
    struct engine_watch_callbacks callbacks;
    void *userdata;
    struct first_look *first_look; /* NULL once it came */
    bool told;                     /* of a change */
};

/* The state at the start, read from the store: this holds for jobs that memory does not know as well. */
struct first_look {
    struct store_read_jobs read;
    struct engine *engine;
    struct engine_watch *watch; /* NULL: freed meanwhile */
};

static enum store_job_state state_in_memory(const struct job *job)
{
    if (job->phase == PHASE_PAUSED)
        return JOB_PAUSED;
    return job->started ? JOB_RUNNING : JOB_QUEUED;
}

static void first_look_came(struct store_request *request, void *receiver)
{
    struct first_look *look = CONTAINER_OF(request, struct first_look, read.request);
    struct engine_watch *watch = look->watch;
    uint64_t number = look->read.number;
    bool exists = request->r == 0 && look->read.n_rows == 1;
    enum store_job_state state = exists ? look->read.rows[0].state : JOB_CANCELLED;

    engine_request_came(look->engine);
    store_rows_free(look->read.rows);
    free(look);
    if (!watch)
        return;
    watch->first_look = NULL;
    /* What a change told may be newer: the store may have been read before it, and its answer come after. */
    if (watch->told)
        return;
    /* The store could not say. */
    if (!exists && watch->job) {
        exists = true;
        state = state_in_memory(watch->job);
    }
    watch->callbacks.job_changed(watch->userdata, number, state, exists);
}

int engine_watch_new(struct engine *engine, uint64_t number, const struct engine_watch_callbacks *callbacks,
    void *userdata, struct engine_watch **ret)
{
    struct engine_watch *watch = calloc(1, sizeof(*watch));
    struct first_look *look = calloc(1, sizeof(*look));
    struct job *job = job_find(engine, number);

    if (!watch || !look) {
        free(watch);
        free(look);
        return -ENOMEM;
    }
    watch->engine = engine;
    watch->callbacks = *callbacks;
    watch->userdata = userdata;
    watch->first_look = look;
    list_init(&watch->link);
    if (job && job->phase != PHASE_CLOSED) {
        watch->job = job;
        list_append(&job->watches, &watch->link);
    }
    look->engine = engine;
    look->watch = watch;
    look->read.request = (struct store_request){.kind = STORE_READ_JOBS, .done = first_look_came};
    look->read.select = SELECT_NUMBER;
    look->read.number = number;
    engine_request(engine, &look->read.request);
    *ret = watch;
    return 0;
}

void engine_watch_free(struct engine_watch *watch)
{
    struct job *job;

    if (!watch)
        return;
    if (watch->first_look)
        watch->first_look->watch = NULL;
    job = watch->job;
    list_remove(&watch->link);
    free(watch);
    if (job)
        job_release(job);
}

void engine_set_observer(struct engine *engine, const struct engine_observer *observer, void *userdata)
{
    engine->observer = observer;
    engine->observer_userdata = userdata;
}

void watch_url_ended(struct job *job, const struct task *task)
{
    struct engine *engine = job->engine;
    const struct engine_ended ended = {
        .job = job->number,
        .seq = task->seq,
        .url = task->url,
        .detail = task->detail,
        .title = task->title,
        .outcome = task->outcome.outcome,
        .http_status = task->result.http_status,
        .tries = task->tries,
        .duration_usec = task->result.total_usec,
        .body_bytes = task->result.body_bytes,
        .counts = task->counts,
    };

    if (engine->observer && engine->observer->url_ended)
        engine->observer->url_ended(engine->observer_userdata, &ended);
    LIST_FOR_EACH (link, &job->watches) {
        struct engine_watch *watch = CONTAINER_OF(link, struct engine_watch, link);

        if (watch->callbacks.url_ended)
            watch->callbacks.url_ended(watch->userdata, &ended);
    }
}

/* A closed job lets its watches go: nothing follows. */
void watch_job_changed(struct job *job, enum store_job_state state, bool exists)
{
    bool is_last = job->phase == PHASE_CLOSED;

    job->n_writes++;
    LIST_FOR_EACH (link, &job->watches) {
        struct engine_watch *watch = CONTAINER_OF(link, struct engine_watch, link);

        if (is_last) {
            list_remove(&watch->link);
            watch->job = NULL;
        }
        watch->told = true;
        watch->callbacks.job_changed(watch->userdata, job->number, state, exists);
    }
    job->n_writes--;
}
