#include "engine/host_status.h"

#include "base/clock.h"
#include "engine/host.h"
#include "engine/job.h"
#include "engine/lane.h"
#include "engine/pattern.h"
#include "engine/state.h"
#include "engine/table.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

const char *engine_host_state_to_string(enum engine_host_state state)
{
    static const char *const names[N_ENGINE_HOST_STATES] = {
        [ENGINE_HOST_IDLE] = "idle",
        [ENGINE_HOST_READY] = "ready",
        [ENGINE_HOST_DELAYED] = "delayed",
        [ENGINE_HOST_FULL] = "full",
        [ENGINE_HOST_BUSY] = "busy",
        [ENGINE_HOST_ASKING] = "asking",
        [ENGINE_HOST_RETRYING] = "retrying",
        [ENGINE_HOST_STOPPED] = "stopped",
        [ENGINE_HOST_HELD] = "held",
        [ENGINE_HOST_PARKED] = "parked",
        [ENGINE_HOST_PAUSED] = "paused",
        [ENGINE_HOST_DENIED] = "denied",
    };

    return names[state];
}

static bool is_shown(const struct lane *lane, const struct engine_host_filter *filter)
{
    if (filter->job > 0 && lane->job->number != filter->job)
        return false;
    return filter->may_read(filter->userdata, lane->job->user->uid);
}

static bool is_wanted(const struct host *host, const struct engine_host_filter *filter)
{
    if (filter->pattern && !pattern_matches(filter->pattern, host->key))
        return false;
    LIST_FOR_EACH (link, &host->lanes)
        if (is_shown(CONTAINER_OF(link, struct lane, in_host), filter))
            return true;
    return filter->idle && filter->job == 0;
}

static int compare_keys(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int engine_list_hosts(const struct engine *engine, const struct engine_host_filter *filter,
    struct arena *arena, const char *const **ret, size_t *ret_n)
{
    const char **keys = arena_allocate(arena, (engine->n_hosts + 1) * sizeof(*keys));
    size_t n = 0;

    if (!keys)
        return -ENOMEM;
    for (const struct host *host = engine->hosts; host; host = host->hh.next) {
        if (!is_wanted(host, filter))
            continue;
        keys[n] = arena_copy(arena, host->key);
        if (!keys[n++])
            return -ENOMEM;
    }
    qsort(keys, n, sizeof(*keys), compare_keys);
    *ret = keys;
    *ret_n = n;
    return 0;
}

/* When the first of its lanes could start something, as far as they are concerned. */
static uint64_t lanes_due_usec(const struct host *host, uint64_t now_usec)
{
    uint64_t due = USEC_NEVER;

    LIST_FOR_EACH (link, &host->lanes) {
        uint64_t lane_due = lane_due_usec(CONTAINER_OF(link, struct lane, in_host), now_usec);

        due = lane_due < due ? lane_due : due;
    }
    return due;
}

/* What keeps its URLs, all of them, from being due. */
static enum engine_host_state state_of_urls(const struct host *host, uint64_t now_usec)
{
    enum engine_host_state state = host->n_active > 0 ? ENGINE_HOST_BUSY : ENGINE_HOST_RETRYING;
    bool runs = false;

    LIST_FOR_EACH (link, &host->lanes)
        runs = runs || CONTAINER_OF(link, struct lane, in_host)->job->phase == PHASE_RUNNING;
    if (!runs)
        return host->n_active > 0 ? ENGINE_HOST_BUSY : ENGINE_HOST_STOPPED;
    for (size_t i = 0; i < 2; i++) {
        const struct origin *origin = &host->origins[i];

        if (origin->state == ORIGIN_ASKING)
            state = ENGINE_HOST_ASKING;
        else if (origin->hold_until_usec > now_usec)
            return origin->parkings > 0 ? ENGINE_HOST_PARKED : ENGINE_HOST_HELD;
    }
    return state;
}

static enum engine_host_state state_of(const struct host *host, uint64_t lanes_due, uint64_t now_usec)
{
    if (host->policy->deny)
        return ENGINE_HOST_DENIED;
    if (host->is_paused)
        return ENGINE_HOST_PAUSED;
    if (host->hold_until_usec > now_usec)
        return ENGINE_HOST_HELD;
    if (host->n_lanes == 0)
        return host->n_active > 0 ? ENGINE_HOST_BUSY : ENGINE_HOST_IDLE;
    if (lanes_due > now_usec)
        return state_of_urls(host, now_usec);
    if (host->n_active >= host->policy->connections)
        return ENGINE_HOST_FULL;
    if (host->n_unsent > 0)
        return ENGINE_HOST_BUSY;
    return host->next_start_usec > now_usec ? ENGINE_HOST_DELAYED : ENGINE_HOST_READY;
}

static uint64_t next_usec(const struct host *host, enum engine_host_state state, uint64_t lanes_due)
{
    uint64_t next =
        host->next_start_usec > host->hold_until_usec ? host->next_start_usec : host->hold_until_usec;

    switch (state) {
    case ENGINE_HOST_DENIED:
    case ENGINE_HOST_PAUSED:
    case ENGINE_HOST_STOPPED:
    case ENGINE_HOST_FULL:
    case ENGINE_HOST_BUSY:
    case ENGINE_HOST_ASKING:
        return USEC_NEVER;
    case ENGINE_HOST_READY:
        return 0;
    case ENGINE_HOST_IDLE:
        return next > clock_boottime_usec() ? next : 0;
    case ENGINE_HOST_DELAYED:
    case ENGINE_HOST_RETRYING:
    case ENGINE_HOST_HELD:
    case ENGINE_HOST_PARKED:
        return lanes_due != USEC_NEVER && lanes_due > next ? lanes_due : next;
    }
    return USEC_NEVER;
}

static enum engine_delay_cause delay_cause(const struct host *host, uint64_t delay_usec)
{
    if (delay_usec <= host->policy->delay_usec)
        return ENGINE_DELAY_CONFIGURED;
    for (size_t i = 0; i < 2; i++)
        if (host->origins[i].crawl_delay_usec >= delay_usec)
            return ENGINE_DELAY_ROBOTS;
    return ENGINE_DELAY_LATENCY;
}

static uint64_t count_queued(const struct host *host, const struct engine_host_filter *filter)
{
    uint64_t n = 0;

    LIST_FOR_EACH (link, &host->lanes) {
        const struct lane *lane = CONTAINER_OF(link, struct lane, in_host);

        if (is_shown(lane, filter) && lane->n_left > lane->n_active)
            n += lane->n_left - lane->n_active;
    }
    return n;
}

static uint32_t worse(uint32_t a, uint32_t b)
{
    return a > b ? a : b;
}

static void show_recent(const struct host *host, const struct engine_host_filter *filter,
    enum outcome ret[ENGINE_RECENT_OUTCOMES])
{
    size_t n = 0;

    for (size_t i = 0; i < ENGINE_RECENT_OUTCOMES; i++)
        if (host->recent[i].outcome != OUTCOME_NONE &&
            filter->may_read(filter->userdata, host->recent[i].owner))
            ret[n++] = host->recent[i].outcome;
}

bool engine_get_host(const struct engine *engine, const char *key, const struct engine_host_filter *filter,
    struct engine_host_status *ret)
{
    const struct host *host;
    uint64_t now = clock_boottime_usec();
    uint64_t due;

    HASH_FIND_STR(engine->hosts, key, host);
    if (!host || !is_wanted(host, filter))
        return false;
    due = lanes_due_usec(host, now);
    *ret = (struct engine_host_status){
        .host = host->key,
        .state = state_of(host, due, now),
        .delay_usec = host_delay_usec(host),
        .queued = count_queued(host, filter),
        .active = host->n_active,
        .connections = host->policy->connections,
        .latency_usec = host->latency_usec,
        .refusals = host->holds,
        .failures = worse(host->origins[0].failures, host->origins[1].failures),
        .parkings = worse(host->origins[0].parkings, host->origins[1].parkings),
        .paused_by = host_paused_by(engine, host->key),
    };
    ret->delay_cause = delay_cause(host, ret->delay_usec);
    ret->next_usec = next_usec(host, ret->state, due);
    show_recent(host, filter, ret->recent);
    return true;
}
