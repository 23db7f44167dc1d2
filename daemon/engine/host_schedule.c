#include "engine/host.h"

#include "base/clock.h"
#include "base/heap.h"
#include "base/list.h"
#include "engine/host_visit.h"
#include "engine/job.h"
#include "engine/lane.h"
#include "engine/share.h"
#include "engine/state.h"

static struct heap *ready_heap(const struct host *host)
{
    return host->is_quick ? &host->engine->ready : &host->engine->ready_slow;
}

void host_set_quick(struct host *host, bool is_quick)
{
    struct engine *engine = host->engine;

    if (host->is_quick == is_quick)
        return;
    heap_remove(ready_heap(host), &host->ready);
    host->is_quick = is_quick;
    if (is_quick)
        engine->n_slow -= host->n_active;
    else
        engine->n_slow += host->n_active;
}

/* Of the highest priority, and of those the one whose turn comes first. NULL: none is running. */
static struct job *first_job(const struct host *host)
{
    struct job *first = host_visit_job(host);

    LIST_FOR_EACH (link, &host->lanes) {
        struct job *job = CONTAINER_OF(link, struct lane, in_host)->job;

        if (job->phase != PHASE_RUNNING)
            continue;
        if (!first || job->priority > first->priority ||
            (job->priority == first->priority && job->next_turn < first->next_turn))
            first = job;
    }
    return first;
}

#define TURN_BITS 48

/* Priority first, then whose turn comes first. */
static uint64_t ready_key(const struct host *host)
{
    struct job *job = first_job(host);
    int32_t priority = job ? job->priority : ENGINE_PRIORITY_MIN;

    return (uint64_t)(ENGINE_PRIORITY_MAX - priority) << TURN_BITS | share_next_turn(host->engine, job);
}

void host_take_turn(struct host *host)
{
    share_reached(host->engine, host->ready.key & ((UINT64_C(1) << TURN_BITS) - 1));
    heap_remove(ready_heap(host), &host->ready);
}

enum host_barrier host_barrier(const struct host *host, uint64_t now_usec)
{
    if (host->is_paused)
        return HOST_PAUSED;
    if (host->n_active + host->n_visits >= host->policy->connections)
        return HOST_FULL;
    if (host->is_saving || host->is_unsaved)
        return HOST_SAVING;
    if (host->n_unsent > 0)
        return HOST_SENDING;
    if (host->hold_until_usec > now_usec)
        return HOST_HELD;
    return host->next_start_usec > now_usec ? HOST_DELAYED : HOST_FREE;
}

uint64_t host_free_usec(const struct host *host)
{
    switch (host_barrier(host, 0)) {
    case HOST_PAUSED:
    case HOST_FULL:
    case HOST_SAVING:
    case HOST_SENDING:
        return USEC_NEVER;
    case HOST_HELD:
    case HOST_DELAYED:
    case HOST_FREE:
        break;
    }
    return host->next_start_usec > host->hold_until_usec ? host->next_start_usec : host->hold_until_usec;
}

static uint64_t due_usec(const struct host *host, uint64_t now_usec)
{
    uint64_t free_usec = host_free_usec(host), due = USEC_NEVER;

    if (free_usec == USEC_NEVER || host_is_visited(host))
        return free_usec;
    LIST_FOR_EACH (link, &host->lanes) {
        uint64_t lane_due = lane_due_usec(CONTAINER_OF(link, struct lane, in_host), now_usec);

        if (lane_due < due)
            due = lane_due;
    }
    return due < free_usec ? free_usec : due;
}

void host_schedule(struct host *host)
{
    struct engine *engine = host->engine;
    uint64_t now = clock_boottime_usec();
    uint64_t due = due_usec(host, now);

    if (due == USEC_NEVER || due > now) {
        heap_remove(ready_heap(host), &host->ready);
        LIST_FOR_EACH (link, &host->lanes)
            lane_look_beyond(CONTAINER_OF(link, struct lane, in_host), now);
        if (due == USEC_NEVER)
            heap_remove(&engine->timers, &host->timer);
        else
            heap_set(&engine->timers, &host->timer, due);
        return;
    }
    heap_remove(&engine->timers, &host->timer);
    if (host->ready.place == 0)
        heap_set(ready_heap(host), &host->ready, ready_key(host));
}

void host_reorder(struct host *host)
{
    heap_remove(ready_heap(host), &host->ready);
    host_schedule(host);
}

void host_unschedule(struct host *host)
{
    heap_remove(&host->engine->timers, &host->timer);
    heap_remove(ready_heap(host), &host->ready);
}
