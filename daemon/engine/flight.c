/* URLs in flight, and jobs that wait for what comes of another job's fetch. */
#include "base/list.h"
#include "engine/engine.h"
#include "engine/host.h"
#include "engine/job.h"
#include "engine/lane.h"
#include "engine/reuse.h"
#include "engine/state.h"
#include "engine/table.h"
#include "engine/task.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include <stdlib.h>
#include <string.h>

/* A URL in flight: one that waits for it is woken by the first of its tasks that ends. */
struct flight {
    char *url;
    struct list tasks;   /* by task.in_flight */
    struct list waiters; /* by waiting.in_flight */
    UT_hash_handle hh;
};

static struct flight *find_flight(const struct engine *engine, const char *url)
{
    struct flight *flight;

    HASH_FIND_STR(engine->flights, url, flight);
    return flight;
}

static struct flight *flight_new(struct engine *engine, const char *url)
{
    struct flight *flight = calloc(1, sizeof(*flight));

    if (flight)
        flight->url = strdup(url);
    if (!flight || !flight->url) {
        free(flight);
        return NULL;
    }
    list_init(&flight->tasks);
    list_init(&flight->waiters);
    HASH_ADD_KEYPTR(hh, engine->flights, flight->url, strlen(flight->url), flight);
    if (!flight->hh.tbl) {
        free(flight->url);
        free(flight);
        return NULL;
    }
    return flight;
}

/* Whose result the job could use. */
static bool is_readable(const struct flight *flight, const struct job *job)
{
    LIST_FOR_EACH (link, &flight->tasks) {
        const struct task *task = CONTAINER_OF(link, struct task, in_flight);

        if (task->job && engine_settings_reads(job->engine->settings, job->user->uid, task->job->user->uid))
            return true;
    }
    return false;
}

bool flight_wait(struct lane *lane, struct waiting *waiting)
{
    struct job *job = lane->job;
    struct flight *flight;

    if (job->max_age_usec <= 0 || waiting->has_waited)
        return false;
    flight = find_flight(job->engine, waiting->url);
    if (!flight || !is_readable(flight, job))
        return false;
    waiting->has_waited = true;
    waiting->reuse = REUSE_UNKNOWN;
    waiting->lane = lane;
    list_append(&flight->waiters, &waiting->in_flight);
    lane_again(lane, waiting, clock_boottime_usec() + REUSE_MAX_WAIT_USEC);
    return true;
}

static void wake(const struct engine *engine, struct flight *flight)
{
    LIST_FOR_EACH (link, &flight->waiters) {
        struct waiting *waiting = CONTAINER_OF(link, struct waiting, in_flight);

        list_remove(&waiting->in_flight);
        if (engine->stopped)
            continue;
        list_remove(&waiting->link);
        look_up(waiting->lane, waiting);
    }
}

void flight_enter(struct task *task)
{
    struct engine *engine = task->job->engine;
    struct flight *flight = find_flight(engine, task->url);

    if (!flight)
        flight = flight_new(engine, task->url);
    if (!flight)
        return;
    task->flight = flight;
    list_append(&flight->tasks, &task->in_flight);
}

void flight_leave(struct task *task)
{
    struct flight *flight = TAKE(task->flight);
    struct engine *engine = task->host->engine;

    if (!flight)
        return;
    list_remove(&task->in_flight);
    wake(engine, flight);
    if (!list_is_empty(&flight->tasks))
        return;
    HASH_DEL(engine->flights, flight);
    free(flight->url);
    free(flight);
}
