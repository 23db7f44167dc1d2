#include "engine/control_change.h"
#include "engine/job.h"
#include "engine/state.h"
#include "engine/watch.h"

#include <errno.h>

static void removed(struct store_request *request, void *receiver)
{
    struct control_change *change = CONTAINER_OF(request, struct control_change, request);
    struct job *job = job_find(change->engine, change->number);

    engine_request_came(change->engine);
    if (request->r == 0)
        running_drop(change->engine, change->number);
    if (request->r == 0 && job) {
        job->n_writes++;
        job_close(job);
        watch_job_changed(job, JOB_CANCELLED, false);
        job->n_writes--;
        job_release(job);
    }
    control_change_answer(change, request->r, 0);
}

int engine_remove(struct engine *engine, uint64_t number, engine_changed done, void *userdata)
{
    struct control_change *change = control_change_new(engine, number, done, userdata);

    if (!change)
        return -ENOMEM;
    change->remove.request = (struct store_request){.kind = STORE_REMOVE, .done = removed};
    change->remove.job = number;
    control_change_submit(change);
    return 0;
}

static void priority_written(struct store_request *request, void *receiver)
{
    struct control_change *change = CONTAINER_OF(request, struct control_change, request);
    struct job *job = job_find(change->engine, change->number);

    engine_request_came(change->engine);
    if (request->r == 0 && job) {
        job->priority = change->priority.priority;
        job_reorder_lanes(job);
    }
    control_change_answer(change, request->r, 0);
}

int engine_set_priority(
    struct engine *engine, uint64_t number, int32_t priority, engine_changed done, void *userdata)
{
    struct control_change *change = control_change_new(engine, number, done, userdata);

    if (!change)
        return -ENOMEM;
    change->priority.request = (struct store_request){.kind = STORE_SET_PRIORITY, .done = priority_written};
    change->priority.job = number;
    change->priority.priority = priority;
    control_change_submit(change);
    return 0;
}
