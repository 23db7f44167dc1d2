#include "base/cleanup.h"
#include "engine/control_change.h"
#include "engine/expire.h"
#include "engine/job.h"
#include "engine/lane.h"
#include "engine/state.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

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

/* What was cancelled meanwhile needs nothing any more, and what was adopted is here already. */
static int revive(struct engine *engine, const struct store_job_row *row)
{
    struct job *job;

    if (row->state == JOB_DONE || row->state == JOB_CANCELLED || job_find(engine, row->job))
        return 0;
    job = job_new(engine, row);
    if (!job)
        return -ENOMEM;
    job_load_hosts(job);
    return 0;
}

static void retried_row_came(struct store_request *request, void *receiver)
{
    struct control_change *change = CONTAINER_OF(request, struct control_change, request);
    struct engine *engine = change->engine;
    const struct store_job_row *row;
    int r = control_change_take_row(change, &row);

    if (r == 0)
        r = revive(engine, row);
    store_rows_free(change->read.rows);
    if (r == -ENOMEM && !engine->stopped) {
        engine->orphan = change;
        engine_retry_soon(engine);
        return;
    }
    engine->reviving = false;
    control_change_answer(change, r, change->retried);
    control_begin_retry(engine);
}

void control_revive_again(struct engine *engine)
{
    if (engine->orphan)
        control_change_read_row(TAKE(engine->orphan), retried_row_came);
}

static void retry_written(struct store_request *request, void *receiver)
{
    struct control_change *change = CONTAINER_OF(request, struct control_change, request);
    struct engine *engine = change->engine;
    struct job *job = job_find(engine, change->number);

    engine_request_came(engine);
    change->retried = change->retry.retried;
    if (request->r == 0 && change->retried > 0 && !job) {
        control_change_read_row(change, retried_row_came);
        return;
    }
    engine->reviving = false;
    if (request->r == 0 && change->retried > 0)
        reread(job, change->retried);
    control_change_answer(change, request->r, change->retried);
    control_begin_retry(engine);
}

/* One at a time, so that the counts of a job that comes back to memory are those of one moment; and none of a
 * job whose end is being written. */
void control_begin_retry(struct engine *engine)
{
    LIST_FOR_EACH (link, &engine->retries) {
        struct control_change *change = CONTAINER_OF(link, struct control_change, in_engine);
        const struct job *job = job_find(engine, change->number);

        if (engine->reviving)
            return;
        if (job && job->phase == PHASE_FINISHING)
            continue;
        list_remove(link);
        engine->reviving = true;
        control_change_submit(change);
    }
}

int engine_retry(struct engine *engine, uint64_t number, const enum outcome *outcomes_wanted,
    size_t n_outcomes, engine_changed done, void *userdata)
{
    struct control_change *change = control_change_new(engine, number, done, userdata);

    if (!change)
        return -ENOMEM;
    change->outcomes = calloc(n_outcomes + 1, sizeof(*change->outcomes));
    if (!change->outcomes) {
        control_change_free(change);
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
    list_append(&engine->retries, &change->in_engine);
    control_begin_retry(engine);
    return 0;
}
