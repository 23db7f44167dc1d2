#include "engine/host.h"
#include "base/heap.h"
#include "base/list.h"
#include "engine/engine.h"
#include "engine/host_visit.h"
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

void host_free(struct host *host)
{
    struct engine *engine = host->engine;

    assert(host->n_tasks == 0 && host->n_lanes == 0 && host->n_visits == 0 && host->n_unsent == 0);
    assert(!host_is_visited(host) && !host->origins[0].visits && !host->origins[1].visits);
    host_unschedule(host);
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
