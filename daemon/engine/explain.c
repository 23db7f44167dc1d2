#include "engine/explain.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "engine/host.h"
#include "engine/job.h"
#include "engine/lane.h"
#include "engine/robots_gate.h"
#include "engine/state.h"
#include "fetch/url.h"
#include <errno.h>
#include <stdlib.h>

const char *engine_robots_to_string(enum engine_robots robots)
{
    static const char *const names[N_ENGINE_ROBOTS] = {
        [ENGINE_ROBOTS_OFF] = "off",
        [ENGINE_ROBOTS_UNKNOWN] = "unknown",
        [ENGINE_ROBOTS_ASKING] = "asking",
        [ENGINE_ROBOTS_KNOWN] = "known",
        [ENGINE_ROBOTS_ABSENT] = "absent",
        [ENGINE_ROBOTS_FAILED] = "failed",
    };

    return names[robots];
}

/* The state as host_origin() would find it. */
static enum engine_robots robots_of(const struct host_policy *policy, const struct origin *origin)
{
    const bool is_over = origin->until_usec != 0 && origin->until_usec <= clock_boottime_usec();

    if (origin->state == ORIGIN_CONDEMNED && !is_over)
        return ENGINE_ROBOTS_FAILED;
    if (!policy->robots)
        return ENGINE_ROBOTS_OFF;
    switch (origin->state) {
    case ORIGIN_ASKING:
        return ENGINE_ROBOTS_ASKING;
    case ORIGIN_KNOWN:
        if (!is_over)
            return origin->robots ? ENGINE_ROBOTS_KNOWN : ENGINE_ROBOTS_ABSENT;
        break;
    case ORIGIN_UNKNOWN:
    case ORIGIN_CONDEMNED:
        break;
    }
    return ENGINE_ROBOTS_UNKNOWN;
}

static void show_robots(const struct origin *origin, const char *path, struct engine_origin_status *ret)
{
    switch (ret->robots) {
    case ENGINE_ROBOTS_UNKNOWN:
    case ENGINE_ROBOTS_ASKING:
        return;
    case ENGINE_ROBOTS_FAILED:
        ret->outcome = origin->outcome;
        ret->detail = origin->detail;
        ret->until_usec = origin->until_usec;
        return;
    case ENGINE_ROBOTS_OFF:
        break;
    case ENGINE_ROBOTS_KNOWN:
        ret->crawl_delay_line = robots_crawl_delay_line(origin->robots);
        ret->verdict = robots_check(origin->robots, path);
        ret->has_verdict = true;
        /* fall through */
    case ENGINE_ROBOTS_ABSENT:
        ret->robots_until_usec = origin->until_usec;
        ret->robots_fetched_usec = origin->until_usec - ROBOTS_MAX_AGE_USEC;
        ret->crawl_delay_usec = origin->crawl_delay_usec;
        break;
    }
    if (!ret->has_verdict)
        ret->verdict.allowed = ret->has_verdict = true;
}

static void show_origin(
    const struct host *host, const char *url, const char *path, struct engine_origin_status *ret)
{
    const struct origin *origin = &host->origins[host_origin_index(url)];
    uint64_t free_usec = host_free_usec(host);
    uint64_t due_usec = host_origin_due_usec(host, url);

    ret->robots = robots_of(host->policy, origin);
    ret->failures = origin->failures;
    ret->parkings = origin->parkings;
    ret->until_usec = origin->hold_until_usec > clock_boottime_usec() ? origin->hold_until_usec : 0;
    ret->due_usec = free_usec > due_usec ? free_usec : due_usec;
    show_robots(origin, path, ret);
}

int engine_get_origin(
    const struct engine *engine, const char *url, bool is_familiar, struct engine_origin_status *ret)
{
    CLEANUP(freep) char *key = url_host_key(url);
    const struct host *host = NULL;
    struct url_parts parts;

    if (!key)
        return -ENOMEM;
    *ret = (struct engine_origin_status){.robots = ENGINE_ROBOTS_UNKNOWN};
    if (is_familiar)
        HASH_FIND_STR(engine->hosts, key, host);
    url_split(url, &parts);
    if (host)
        show_origin(host, url, parts.path, ret);
    else if (!engine_settings_policy(engine->settings, key)->robots) {
        ret->robots = ENGINE_ROBOTS_OFF;
        ret->verdict.allowed = ret->has_verdict = true;
    }
    return 0;
}

bool engine_host_is_familiar(
    const struct engine *engine, const char *key, const struct engine_host_filter *filter)
{
    const struct host *host;

    HASH_FIND_STR(engine->hosts, key, host);
    if (!host)
        return false;
    LIST_FOR_EACH (link, &host->lanes)
        if (filter->may_read(filter->userdata, CONTAINER_OF(link, struct lane, in_host)->job->user->uid))
            return true;
    for (size_t i = 0; i < ENGINE_RECENT_OUTCOMES; i++)
        if (host->recent[i].outcome != OUTCOME_NONE &&
            filter->may_read(filter->userdata, host->recent[i].owner))
            return true;
    return false;
}

static enum engine_job_phase phase_of(const struct job *job)
{
    if (job->phase == PHASE_FINISHING || job->phase == PHASE_CLOSED)
        return ENGINE_JOB_FINISHING;
    if (job->is_expired)
        return ENGINE_JOB_EXPIRING;
    return job->phase == PHASE_PAUSED ? ENGINE_JOB_PAUSED : ENGINE_JOB_RUNNING;
}

bool engine_get_job(const struct engine *engine, uint64_t number, struct engine_job_status *ret)
{
    const struct job *job = job_find(engine, number);
    uint64_t left;

    if (!job)
        return false;
    left = job->total - job->ended;
    *ret = (struct engine_job_status){
        .phase = phase_of(job),
        .active = job->n_active,
        .waiting = left > job->n_active ? left - job->n_active : 0,
        .n_hosts = job->n_lanes,
        .has_more = !job->hosts_end,
        /* What is slow about one host, or full, is not the whole daemon's. */
        .hold = engine_hold(engine, ENGINE_STEP_REUSE),
    };
    return true;
}
