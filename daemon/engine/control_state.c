#include "engine/control_change.h"
#include "engine/job.h"
#include "engine/state.h"
#include "engine/watch.h"

#include "base/clock.h"
#include <errno.h>

static void cancel_in_memory(struct job *job)
{
    job->n_writes++;
    /* Otherwise its end makes them: it has come, and waits for this answer. */
    if (job->phase != PHASE_FINISHING)
        job_total(job);
    job_end(job, JOB_CANCELLED);
    job->n_writes--;
    job_release(job);
}

static void apply_state(struct job *job, enum store_job_state state)
{
    /* All its URLs had ended while the state was on its way: its end is written in that state. */
    if (job->phase == PHASE_FINISHING && state != JOB_CANCELLED)
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
    struct control_change *change = CONTAINER_OF(request, struct control_change, request);
    struct job *job = job_find(change->engine, change->number);

    engine_request_came(change->engine);
    if (request->r == 0 && change->state == JOB_CANCELLED)
        retention_job_ended(change->engine);
    if (request->r == 0 && job)
        apply_state(job, change->state);
    control_change_answer(change, request->r, 0);
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
    struct control_change *change = CONTAINER_OF(request, struct control_change, request);
    struct job *job = job_find(change->engine, change->number);
    const struct store_job_row *row;
    int r = control_change_take_row(change, &row);

    if (r == 0)
        r = check_change(row->state, change->state);
    store_rows_free(change->read.rows);
    if (r == 0 && job && job->phase == PHASE_FINISHING) {
        list_append(&change->engine->waiting, &change->in_engine);
        return;
    }
    if (r < 0) {
        control_change_answer(change, r, 0);
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
    control_change_submit(change);
}

void control_go_on(struct engine *engine, uint64_t job)
{
    LIST_FOR_EACH (link, &engine->waiting) {
        struct control_change *change = CONTAINER_OF(link, struct control_change, in_engine);

        if (change->number != job)
            continue;
        list_remove(link);
        control_change_read_row(change, state_read);
    }
}

static int set_state(
    struct engine *engine, uint64_t number, enum store_job_state state, engine_changed done, void *userdata)
{
    struct control_change *change = control_change_new(engine, number, done, userdata);

    if (!change)
        return -ENOMEM;
    change->state = state;
    control_change_read_row(change, state_read);
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
