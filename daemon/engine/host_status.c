#include "engine/host_status.h"

#include "base/clock.h"
#include "engine/host.h"
#include "engine/host_why.h"
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
        [ENGINE_HOST_WAITING] = "waiting",
        [ENGINE_HOST_READING] = "reading",
        [ENGINE_HOST_LATER] = "later",
        [ENGINE_HOST_DELAYED] = "delayed",
        [ENGINE_HOST_FULL] = "full",
        [ENGINE_HOST_BUSY] = "busy",
        [ENGINE_HOST_ASKING] = "asking",
        [ENGINE_HOST_VISITING] = "visiting",
        [ENGINE_HOST_RETRYING] = "retrying",
        [ENGINE_HOST_SHARING] = "sharing",
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

        if (is_shown(lane, filter) && lane->n_left > lane->n_tasks)
            n += lane->n_left - lane->n_tasks;
    }
    return n;
}

/* Transfers of jobs that may not be read are nobody's business. */
static uint32_t count_active(const struct host *host, const struct engine_host_filter *filter)
{
    uint64_t n = (host->origins[0].state == ORIGIN_ASKING) + (host->origins[1].state == ORIGIN_ASKING);

    LIST_FOR_EACH (link, &host->lanes) {
        const struct lane *lane = CONTAINER_OF(link, struct lane, in_host);

        if (is_shown(lane, filter))
            n += lane->n_active;
    }
    return (uint32_t)n;
}

static bool is_outranked(const struct host *host, const struct engine_host_filter *filter)
{
    int32_t first = ENGINE_PRIORITY_MIN;
    int32_t own = ENGINE_PRIORITY_MIN;

    LIST_FOR_EACH (link, &host->lanes) {
        const struct lane *lane = CONTAINER_OF(link, struct lane, in_host);
        const int32_t priority = lane->job->priority;

        if (lane->job->phase != PHASE_RUNNING || lane->n_left <= lane->n_tasks)
            continue;
        first = priority > first ? priority : first;
        own = is_shown(lane, filter) && priority > own ? priority : own;
    }
    return first > own;
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

static void show_rule(const struct engine *engine, const char *key, struct engine_host_status *ret)
{
    const struct host_rule *rule = engine_settings_rule(engine->settings, key);

    ret->rule = rule ? rule->pattern : NULL;
    ret->rule_from = rule ? rule->from : NULL;
}

static void show_host(
    const struct host *host, const struct engine_host_filter *filter, struct engine_host_status *ret)
{
    const struct engine *engine = host->engine;
    uint64_t now = clock_boottime_usec();

    *ret = (struct engine_host_status){
        .host = host->key,
        .hold = host_why_hold(host),
        .waits_for_robots = host->hold_until_usec <= now,
        .is_outranked = is_outranked(host, filter),
        .delay_usec = host_delay_usec(host),
        .queued = count_queued(host, filter),
        .active = count_active(host, filter),
        .connections = host->policy->connections,
        .latency_usec = host->latency_usec,
        .refusals = host->holds,
        .failures = worse(host->origins[0].failures, host->origins[1].failures),
        .parkings = worse(host->origins[0].parkings, host->origins[1].parkings),
        .paused_by = host_paused_by(engine, host->key),
    };
    ret->delay_cause = delay_cause(host, ret->delay_usec);
    ret->state = host_why(host, &ret->next_usec);
    if (ret->state == ENGINE_HOST_VISITING)
        ret->visits = host_why_visits(host)->key;
    show_recent(host, filter, ret->recent);
    show_rule(engine, host->key, ret);
}

bool engine_get_host(const struct engine *engine, const char *key, const struct engine_host_filter *filter,
    struct engine_host_status *ret)
{
    const struct host *host;

    HASH_FIND_STR(engine->hosts, key, host);
    if (!host || !is_wanted(host, filter))
        return false;
    show_host(host, filter, ret);
    return true;
}

void engine_get_unmet_host(const struct engine *engine, const char *key, struct engine_host_status *ret)
{
    const struct host_policy *policy = engine_settings_policy(engine->settings, key);

    *ret = (struct engine_host_status){
        .host = key,
        .delay_usec = policy->delay_usec,
        .connections = policy->connections,
        .paused_by = host_paused_by(engine, key),
    };
    ret->state = policy->deny ? ENGINE_HOST_DENIED : ret->paused_by ? ENGINE_HOST_PAUSED : ENGINE_HOST_IDLE;
    ret->next_usec = ret->state == ENGINE_HOST_IDLE ? 0 : USEC_NEVER;
    show_rule(engine, key, ret);
}

/* Hosts are read in the order of their keys: what is not in memory of those that were read has ended. */
static bool is_unread(const struct job *job, const char *key)
{
    return job && job->phase != PHASE_CLOSED && !job->hosts_end &&
        (!job->host_cursor || strcmp(key, job->host_cursor) > 0);
}

bool engine_get_later_host(const struct engine *engine, const char *key, uint64_t n_urls,
    const struct engine_host_filter *filter, struct engine_host_status *ret)
{
    const struct host *host;

    if (!is_unread(job_find(engine, filter->job), key) ||
        (filter->pattern && !pattern_matches(filter->pattern, key)))
        return false;
    HASH_FIND_STR(engine->hosts, key, host);
    if (host)
        show_host(host, filter, ret);
    else
        engine_get_unmet_host(engine, key, ret);
    ret->host = key;
    ret->queued = n_urls;
    if (ret->state != ENGINE_HOST_DENIED && ret->state != ENGINE_HOST_PAUSED) {
        ret->state = ENGINE_HOST_LATER;
        ret->next_usec = USEC_NEVER;
    }
    return true;
}
