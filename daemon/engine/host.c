#include "engine/host.h"
#include "base/heap.h"
#include "base/list.h"
#include "engine/engine.h"
#include "engine/host_visit.h"
#include "engine/job.h"
#include "engine/lane.h"
#include "engine/share.h"
#include "engine/state.h"
#include "engine/table.h"
#include "fetch/robots.h"

#include "base/clock.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

/* Workers that a host may use at least, should there be more of them one day. */
#define MIN_PLACES 16

/* How many idle hosts are looked at when one has become idle. */
#define IDLE_HOSTS_AT_ONCE 8

static void forget_robots(struct origin *origin)
{
    robots_shelf_forget(&origin->host->engine->robots, origin);
    free(origin->detail);
    free(origin->moved_to);
    origin->moved_to = NULL;
    origin->hops = 0;
    origin->crawl_delay_usec = 0;
    origin->detail = NULL;
}

static struct heap *ready_heap(const struct host *host)
{
    return host->is_quick ? &host->engine->ready : &host->engine->ready_slow;
}

void host_free(struct host *host)
{
    struct engine *engine = host->engine;

    assert(host->n_tasks == 0 && host->n_lanes == 0 && host->n_visits == 0 && host->n_unsent == 0);
    assert(!host_is_visited(host) && !host->origins[0].visits && !host->origins[1].visits);
    heap_remove(&engine->timers, &host->timer);
    heap_remove(ready_heap(host), &host->ready);
    if (!list_is_empty(&host->idle)) {
        list_remove(&host->idle);
        engine->n_idle_hosts--;
    }
    HASH_DEL(engine->hosts, host);
    engine->n_hosts--;
    for (size_t i = 0; i < 2; i++)
        forget_robots(&host->origins[i]);
    free(host->key);
    free(host);
}

static struct host *host_new(struct engine *engine, const char *key)
{
    const unsigned n_workers = engine->settings->n_workers;
    const unsigned n_places = n_workers > MIN_PLACES ? n_workers : MIN_PLACES;
    struct host *host;

    if (heap_reserve(&engine->timers, engine->n_hosts + 1) < 0 ||
        heap_reserve(&engine->ready, engine->n_hosts + 1) < 0 ||
        heap_reserve(&engine->ready_slow, engine->n_hosts + 1) < 0)
        return NULL;
    host = calloc(1, sizeof(*host) + n_places * sizeof(host->n_in_worker[0]));
    if (host)
        host->key = strdup(key);
    if (!host || !host->key) {
        free(host);
        return NULL;
    }
    host->engine = engine;
    host->n_places = (uint16_t)n_places;
    host->n_in_worker = (uint16_t *)(host + 1);
    host->policy = engine_settings_policy(engine->settings, key);
    host->home = (unsigned)(XXH3_64bits(key, strlen(key)) & INT32_MAX);
    list_init(&host->lanes);
    list_init(&host->idle);
    list_init(&host->visitors);
    for (size_t i = 0; i < 2; i++) {
        host->origins[i].host = host;
        list_init(&host->origins[i].on_shelf);
        list_init(&host->origins[i].in_visitors);
    }
    HASH_ADD_KEYPTR(hh, engine->hosts, host->key, strlen(host->key), host);
    if (!host->hh.tbl) {
        free(host->key);
        free(host);
        return NULL;
    }
    engine->n_hosts++;
    host->is_paused = host_paused_by(engine, key);
    /* The daemon before this one may have started something just before it ended. */
    host->next_start_usec = engine->quiet_since_usec + host_delay_usec(host);
    return host;
}

struct host *host_get(struct engine *engine, const char *key)
{
    struct host *host;

    HASH_FIND_STR(engine->hosts, key, host);
    return host ? host : host_new(engine, key);
}

size_t host_origin_index(const char *url)
{
    return strncmp(url, "https:", 6) == 0;
}

uint64_t host_origin_due_usec(const struct host *host, const char *url)
{
    const struct origin *origin = &host->origins[host_origin_index(url)];

    return origin->state == ORIGIN_ASKING || host_visit_is_waiting(origin) ? USEC_NEVER
                                                                           : origin->hold_until_usec;
}

struct origin *host_origin(struct host *host, const char *url)
{
    struct origin *origin = &host->origins[host_origin_index(url)];

    if (origin->state != ORIGIN_ASKING && !host_visit_is_waiting(origin) && origin->until_usec != 0 &&
        origin->until_usec <= clock_boottime_usec()) {
        forget_robots(origin);
        origin->state = ORIGIN_UNKNOWN;
        origin->robots_tries = 0;
        origin->until_usec = 0;
    }
    return origin;
}

/* Both schemes share the host's budget: the slower one's wish holds. */
static uint64_t crawl_delay(const struct host *host)
{
    uint64_t http = host->origins[0].crawl_delay_usec;
    uint64_t https = host->origins[1].crawl_delay_usec;

    return http > https ? http : https;
}

uint64_t host_delay_usec(const struct host *host)
{
    const struct host_policy *policy = host->policy;
    uint64_t wanted = crawl_delay(host);

    if (policy->delay_usec > 0 && host->latency_usec > wanted)
        wanted = host->latency_usec;
    if (wanted > policy->delay_max_usec)
        wanted = policy->delay_max_usec;
    /* What was configured is kept, however long. */
    return wanted > policy->delay_usec ? wanted : policy->delay_usec;
}

static void put_off(uint64_t *until_usec, uint64_t span_usec)
{
    uint64_t until = clock_boottime_usec() + (span_usec < HOLD_MAX_USEC ? span_usec : HOLD_MAX_USEC);

    if (*until_usec < until)
        *until_usec = until;
}

void host_put_off(struct host *host, uint64_t span_usec)
{
    put_off(&host->next_start_usec, span_usec);
}

void host_hold(struct host *host, uint64_t span_usec)
{
    put_off(&host->hold_until_usec, span_usec);
    host_save(host);
}

void host_hold_origin(struct host *host, struct origin *origin, uint64_t span_usec)
{
    put_off(&origin->hold_until_usec, span_usec);
    host_save(host);
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

static bool is_held(const struct host *host, uint64_t now_usec)
{
    return host->hold_until_usec > now_usec || host->origins[0].hold_until_usec > now_usec ||
        host->origins[1].hold_until_usec > now_usec;
}

/* Idle hosts are remembered as long as there is room, and their delays for as long as they last: those that
 * are held go to the end of the list, and are looked at again. A few at a time, and more than one came. */
static void forget_idle_hosts(struct engine *engine, size_t n, size_t max)
{
    uint64_t now = clock_boottime_usec();

    for (size_t i = 0; i < n && engine->n_idle_hosts > max; i++) {
        struct host *oldest = CONTAINER_OF(engine->idle_hosts.next, struct host, idle);

        if (oldest->next_start_usec > now || is_held(oldest, now) || oldest->is_unsaved) {
            list_remove(&oldest->idle);
            list_append(&engine->idle_hosts, &oldest->idle);
        } else if (host_forget_state(oldest)) {
            host_free(oldest);
        }
    }
}

void host_lanes_changed(struct host *host)
{
    struct engine *engine = host->engine;
    bool is_idle = host->n_lanes == 0 && host->n_tasks == 0 && !host_is_visited(host);

    if (host->n_lanes == 0)
        host_visit_leave_all(host);
    if (is_idle && list_is_empty(&host->idle)) {
        list_append(&engine->idle_hosts, &host->idle);
        engine->n_idle_hosts++;
        host_schedule(host);
        forget_idle_hosts(engine, IDLE_HOSTS_AT_ONCE, ENGINE_IDLE_HOSTS);
    } else if (!is_idle && !list_is_empty(&host->idle)) {
        list_remove(&host->idle);
        engine->n_idle_hosts--;
    }
}

void host_forget_idle(struct engine *engine)
{
    forget_idle_hosts(engine, engine->n_idle_hosts, 0);
}

void host_reorder(struct host *host)
{
    heap_remove(ready_heap(host), &host->ready);
    host_schedule(host);
}
