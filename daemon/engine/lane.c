#include "engine/lane.h"
#include "base/list.h"
#include "engine/give_up.h"
#include "engine/host.h"
#include "engine/job.h"
#include "engine/state.h"
#include "engine/task.h"

#include "base/clock.h"
#include <stdlib.h>
#include <string.h>

struct waiting *waiting_new(uint64_t seq, uint32_t attempt)
{
    struct waiting *waiting = calloc(1, sizeof(*waiting));

    if (!waiting)
        return NULL;
    list_init(&waiting->link);
    list_init(&waiting->in_flight);
    waiting->seq = seq;
    waiting->attempt = attempt;
    return waiting;
}

void waiting_free(struct waiting *waiting)
{
    if (!waiting)
        return;
    list_remove(&waiting->link);
    list_remove(&waiting->in_flight);
    free(waiting->known);
    free(waiting->ruled_out);
    free(waiting->url);
    free(waiting);
}

struct lane *lane_find(const struct job *job, const struct host *host)
{
    LIST_FOR_EACH (link, &host->lanes) {
        struct lane *lane = CONTAINER_OF(link, struct lane, in_host);

        if (lane->job == job)
            return lane;
    }
    return NULL;
}

struct lane *lane_get(struct job *job, const char *host_key, uint64_t n_urls)
{
    struct host *host = host_get(job->engine, host_key);
    struct lane *lane = host ? lane_find(job, host) : NULL;

    if (!host || lane)
        return lane;
    lane = calloc(1, sizeof(*lane));
    if (!lane) {
        host_lanes_changed(host);
        return NULL;
    }
    lane->job = job;
    lane->host = host;
    lane->n_left = n_urls;
    list_init(&lane->windows[0].urls);
    list_init(&lane->windows[1].urls);
    list_init(&lane->again);
    list_init(&lane->refused);
    list_init(&lane->fresh);
    list_init(&lane->in_fresh);
    list_append(&job->lanes, &lane->in_job);
    list_append(&host->lanes, &lane->in_host);
    job->user->n_busy_jobs += job->n_lanes++ == 0;
    host->n_lanes++;
    job->engine->n_lanes++;
    host_lanes_changed(host);
    return lane;
}

static void free_waiting(struct list *list)
{
    LIST_FOR_EACH (link, list)
        waiting_free(CONTAINER_OF(link, struct waiting, link));
}

void lane_free(struct lane *lane)
{
    struct host *host = lane->host;

    LIST_FOR_EACH (link, &lane->job->tasks) {
        struct task *task = CONTAINER_OF(link, struct task, in_job);

        if (task->lane == lane)
            task->lane = NULL;
    }
    free_waiting(&lane->windows[0].urls);
    free_waiting(&lane->windows[1].urls);
    free_waiting(&lane->again);
    free_waiting(&lane->refused);
    free_waiting(&lane->fresh);
    list_remove(&lane->in_fresh);
    list_remove(&lane->in_job);
    list_remove(&lane->in_host);
    lane->job->user->n_busy_jobs -= --lane->job->n_lanes == 0;
    lane->job->engine->n_lanes--;
    host->n_lanes--;
    free(lane);
    host_lanes_changed(host);
}

size_t lane_n_windows(const struct lane *lane)
{
    return lane->is_split ? 2 : 1;
}

void lane_grow(struct lane *lane)
{
    for (size_t i = 0; i < lane_n_windows(lane); i++) {
        lane->windows[i].end = false;
        lane->windows[i].grew = lane->windows[i].loading;
    }
    lane->n_left++;
    host_schedule(lane->host);
}

void lane_remove(struct waiting *waiting)
{
    list_remove(&waiting->link);
    if (waiting->window)
        waiting->window->n--;
    waiting->window = NULL;
}

static void wait_on(struct lane *lane, struct list *list, struct waiting *waiting)
{
    list_append(list, &waiting->link);
    host_schedule(lane->host);
}

void lane_again(struct lane *lane, struct waiting *waiting, uint64_t due_usec)
{
    waiting->due_usec = due_usec;
    wait_on(lane, &lane->again, waiting);
}

void lane_refused(struct lane *lane, struct waiting *waiting)
{
    wait_on(lane, &lane->refused, waiting);
}

bool lane_is_empty(const struct lane *lane)
{
    for (size_t i = 0; i < lane_n_windows(lane); i++)
        if (lane->windows[i].loading || !lane->windows[i].end || lane->windows[i].n > 0)
            return false;
    return list_is_empty(&lane->again) && list_is_empty(&lane->refused) && list_is_empty(&lane->fresh);
}

void lane_release(struct lane *lane)
{
    struct job *job = lane->job;

    if (lane->n_tasks > 0 || !lane_is_empty(lane))
        return;
    lane_free(lane);
    job_load_hosts(job);
}
