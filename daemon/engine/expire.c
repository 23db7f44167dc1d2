#include "engine/expire.h"
#include "base/heap.h"
#include "base/list.h"
#include "engine/job.h"
#include "engine/result.h"
#include "engine/state.h"
#include "engine/table.h"
#include "store/store_change.h"

#include "base/clock.h"
#include <errno.h>
#include <stdlib.h>

#define EXPIRED_DETAIL "its job's deadline was over"

/* A job whose deadline is over, on its way to the store. */
struct expiry {
    struct store_end_rest rest;
    struct job *job;
};

int expire_watch(struct job *job, const struct store_job_row *row)
{
    struct engine *engine = job->engine;
    uint64_t now = clock_realtime_usec();
    uint64_t left = row->deadline_usec > now ? row->deadline_usec - now : 0;

    if (row->deadline_usec == 0)
        return 0;
    if (heap_reserve(&engine->deadlines, HASH_COUNT(engine->jobs)) < 0)
        return -ENOMEM;
    heap_set(&engine->deadlines, &job->deadline, clock_add(clock_boottime_usec(), left));
    return 0;
}

void expire_forget(struct job *job)
{
    heap_remove(&job->engine->deadlines, &job->deadline);
    list_remove(&job->expiring);
    job->is_expired = false;
}

uint64_t expire_next_usec(const struct engine *engine)
{
    const struct heap_item *first = heap_first(&engine->deadlines);

    return first ? first->key : USEC_NEVER;
}

/* The store's answer. What it ended has ended, also if a retry was asked for meanwhile: that one comes next.
 */
static void note_answer(struct job *job, const struct store_end_rest *rest)
{
    struct engine *engine = job->engine;

    switch (rest->request.r) {
    case 0:
        result_note_store(engine, 0);
        engine->ended += rest->n;
        engine->metrics.outcomes[OUTCOME_EXPIRED] += rest->n;
        job_total(job);
        job_end(job, JOB_DONE);
        break;
    case -EINVAL: /* a retry has lifted it, or the job has ended before */
    case -ENOENT:
        expire_forget(job);
        job_schedule_lanes(job);
        break;
    case -ESHUTDOWN:
        break;
    default:
        if (job->is_expired)
            list_append(&engine->expiring, &job->expiring);
        result_note_store(engine, rest->request.r);
        engine_retry_soon(engine);
        break;
    }
}

static void rest_ended(struct store_request *request, void *receiver)
{
    struct expiry *expiry = CONTAINER_OF(request, struct expiry, rest.request);
    struct job *job = expiry->job;

    engine_request_came(job->engine);
    if (job->phase != PHASE_CLOSED)
        note_answer(job, &expiry->rest);
    free(expiry);
    job->n_writes--;
    job_release(job);
}

static void end_rest(struct job *job)
{
    struct expiry *expiry = calloc(1, sizeof(*expiry));

    if (!expiry) {
        engine_retry_soon(job->engine);
        return;
    }
    list_remove(&job->expiring);
    expiry->job = job;
    expiry->rest = (struct store_end_rest){
        .request = {.kind = STORE_END_REST, .done = rest_ended},
        .job = job->number,
        .usec = clock_realtime_usec(),
        .detail = EXPIRED_DETAIL,
    };
    job->n_writes++;
    engine_request(job->engine, &expiry->rest.request);
}

static void take_deadlines(struct engine *engine)
{
    uint64_t now = clock_boottime_usec();
    struct heap_item *item;

    while ((item = heap_first(&engine->deadlines)) && item->key <= now) {
        struct job *job = CONTAINER_OF(item, struct job, deadline);

        heap_remove(&engine->deadlines, item);
        job->is_expired = true;
        engine->expire_again = true;
        list_append(&engine->expiring, &job->expiring);
        job_cancel_tasks(job);
    }
}

void expire_jobs(struct engine *engine)
{
    if (engine->draining)
        return;
    take_deadlines(engine);
    if (!engine->expire_again)
        return;
    engine->expire_again = false;
    LIST_FOR_EACH (link, &engine->expiring)
        end_rest(CONTAINER_OF(link, struct job, expiring));
}
