/* Pages that need not be fetched, or not be sent again. What the store knows of a URL comes with its window,
 * or is asked for when a redirect or a retry brings the URL back. A fresh one ends without its host being
 * asked; for the others the request has the validators, and a 304 brings the counts. */
#include "engine/reuse.h"
#include "base/list.h"
#include "engine/engine.h"
#include "engine/hold.h"
#include "engine/host.h"
#include "engine/job.h"
#include "engine/known.h"
#include "engine/lane.h"
#include "engine/result.h"
#include "engine/state.h"
#include "engine/task.h"
#include "store/store_read.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "fetch/validator.h"
#include <stdlib.h>
#include <string.h>

/* What the store said is not asked for again within this, where a URL may become fresh any time. */
#define LOOK_UP_USEC USEC_PER_SEC

bool reuse_is_wanted(const struct job *job)
{
    return job->max_age_usec != 0;
}

struct store_reuse_rule reuse_rule(const struct job *job)
{
    return (struct store_reuse_rule){
        .engine_id = words_engine()->id,
        .uid = job->user->uid,
        .any_owner = engine_settings_reads_all(job->engine->settings, job->user->uid),
        .redirected = job->max_age_usec > 0,
    };
}

/* A time to come says nothing: the clock was stepped. */
static bool is_fresh(const struct job *job, const struct known *known)
{
    uint64_t now = clock_realtime_usec();

    return job->max_age_usec > 0 && known && known->fetched_usec <= now &&
        now - known->fetched_usec <= (uint64_t)job->max_age_usec;
}

/* It waits in lane.fresh until the store can take it. */
static void add_fresh(struct lane *lane, struct waiting *waiting)
{
    list_remove(&waiting->link);
    list_append(&lane->fresh, &waiting->link);
    if (list_is_empty(&lane->in_fresh))
        list_append(&lane->job->engine->fresh_lanes, &lane->in_fresh);
}

static void end_fresh(struct engine *engine, struct lane *lane)
{
    LIST_FOR_EACH (link, &lane->fresh) {
        if (engine_hold(engine, ENGINE_STEP_REUSE) != ENGINE_HOLD_NONE)
            return;
        result_end_unfetched(lane, CONTAINER_OF(link, struct waiting, link), OUTCOME_FRESH, NULL);
    }
    list_remove(&lane->in_fresh);
    lane_load(lane);
    lane_release(lane);
}

void reuse_run(struct engine *engine)
{
    LIST_FOR_EACH (link, &engine->fresh_lanes) {
        struct lane *lane = CONTAINER_OF(link, struct lane, in_fresh);

        if (lane->job->phase == PHASE_RUNNING)
            end_fresh(engine, lane);
    }
}

int reuse_take_known(struct lane *lane, struct waiting *waiting, const struct store_known *row)
{
    struct known *known;
    int r = known_new(row, &known);

    if (r < 0)
        return r;
    free(waiting->known);
    waiting->known = known;
    waiting->reuse = REUSE_LOOKED;
    waiting->looked_usec = clock_boottime_usec();
    if (is_fresh(lane->job, known))
        add_fresh(lane, waiting);
    return 0;
}

int reuse_take_row(struct lane *lane, struct waiting *waiting, const struct store_known *row)
{
    return reuse_is_wanted(lane->job) ? reuse_take_known(lane, waiting, row) : 0;
}

static bool is_to_be_asked(const struct job *job, const struct waiting *waiting)
{
    if (waiting->reuse == REUSE_UNKNOWN)
        return true;
    return waiting->reuse == REUSE_LOOKED && job->max_age_usec > 0 &&
        clock_boottime_usec() - waiting->looked_usec > LOOK_UP_USEC;
}

enum reuse_gate reuse_gate(struct lane *lane, struct waiting *waiting)
{
    const struct job *job = lane->job;

    /* It was taken out of the lane: whoever it waited for came too late. */
    list_remove(&waiting->in_flight);
    if (!reuse_is_wanted(job) || waiting->reuse == REUSE_NEVER || waiting->reuse == REUSE_ASKED)
        return REUSE_FETCH;
    if (is_to_be_asked(job, waiting)) {
        look_up(lane, waiting);
        /* One at a time: who comes next would be asked about in vain if it cannot start soon. */
        lane->asked_until_usec = waiting->due_usec;
        return REUSE_WAITS;
    }
    if (is_fresh(job, waiting->known)) {
        add_fresh(lane, waiting);
        return REUSE_WAITS;
    }
    return flight_wait(lane, waiting) ? REUSE_WAITS : REUSE_FETCH;
}

void reuse_prepare(struct task *task, struct waiting *waiting)
{
    struct known *known = waiting->reuse == REUSE_LOOKED ? TAKE(waiting->known) : NULL;

    task->known = known;
    if (!known || known->is_redirected)
        return;
    task->request.if_none_match = known->etag;
    task->request.if_modified_since = known->last_modified;
}

bool reuse_is_confirmed(const struct task *task)
{
    const struct known *known = task->known;

    /* RFC 9111 4.3.4: an answer that names another version says nothing of the one that is known. */
    if (task->etag && known->etag)
        return validator_etags_match(task->etag, known->etag);
    if (task->last_modified && known->last_modified && !known->etag)
        return strcmp(task->last_modified, known->last_modified) == 0;
    return true;
}

bool reuse_is_refused(const struct task *task)
{
    return task->result.http_status == 412 &&
        (task->request.if_none_match || task->request.if_modified_since);
}

void reuse_fetch_anew(struct task *task)
{
    struct waiting *waiting = waiting_new(task->seq, task->attempt);

    if (!waiting) {
        result_end_with_detail(task, OUTCOME_INTERNAL_ERROR, "out of memory");
        return;
    }
    waiting->hops = task->hops;
    waiting->tries = task->tries;
    waiting->has_crossed = task->has_crossed;
    waiting->wants_fresh = task->request.wants_fresh;
    waiting->url = TAKE(task->url);
    waiting->reuse = REUSE_NEVER;
    lane_again(task->lane, waiting, 0);
    result_dispose(task);
}
