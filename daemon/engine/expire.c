#include "engine/expire.h"
#include "base/heap.h"
#include "base/list.h"
#include "engine/job.h"
#include "engine/lane.h"
#include "engine/result.h"
#include "engine/state.h"
#include "engine/table.h"
#include "store/store_read.h"

#include "base/clock.h"
#include <errno.h>
#include <string.h>

/* URLs ended in one go: then others have their turn. */
#define MAX_AT_ONCE 4096

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

static bool may_write(const struct engine *engine)
{
    return !engine->draining && engine->store_error == 0 && engine->n_unwritten < ENGINE_MAX_UNWRITTEN;
}

/* False: enough for now. */
static bool end_lane(struct lane *lane, size_t *n)
{
    struct engine *engine = lane->job->engine;
    struct waiting *waiting;

    while ((waiting = lane_first(lane))) {
        if (!may_write(engine) || ++*n > MAX_AT_ONCE)
            return false;
        lane_remove(waiting);
        result_end_unfetched(lane, waiting, OUTCOME_EXPIRED, strdup(EXPIRED_DETAIL));
    }
    lane_load(lane);
    lane_release(lane);
    return true;
}

void expire_lane(struct lane *lane)
{
    struct engine *engine = lane->job->engine;
    size_t n = 0;

    if (!end_lane(lane, &n))
        engine->expire_again = true;
}

static bool end_job(struct job *job, size_t *n)
{
    LIST_FOR_EACH (link, &job->lanes)
        if (!end_lane(CONTAINER_OF(link, struct lane, in_job), n))
            return false;
    return true;
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
    size_t n = 0;

    if (!engine->draining)
        take_deadlines(engine);
    if (!engine->expire_again || !may_write(engine))
        return;
    engine->expire_again = false;
    LIST_FOR_EACH (link, &engine->expiring)
        if (!end_job(CONTAINER_OF(link, struct job, expiring), &n)) {
            engine->expire_again = true;
            return;
        }
}
