#include "engine/host_why.h"

#include "base/clock.h"
#include "engine/host.h"
#include "engine/host_visit.h"
#include "engine/job.h"
#include "engine/lane.h"
#include "engine/state.h"

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

static bool has_urls(const struct host *host)
{
    LIST_FOR_EACH (link, &host->lanes)
        if (!lane_is_empty(CONTAINER_OF(link, struct lane, in_host)))
            return true;
    return false;
}

static bool has_running_job(const struct host *host)
{
    LIST_FOR_EACH (link, &host->lanes)
        if (CONTAINER_OF(link, struct lane, in_host)->job->phase == PHASE_RUNNING)
            return true;
    return false;
}

static bool is_reading(const struct host *host, uint64_t now_usec)
{
    LIST_FOR_EACH (link, &host->lanes) {
        const struct lane *lane = CONTAINER_OF(link, struct lane, in_host);

        if (lane->asked_until_usec > now_usec || lane->windows[0].loading || lane->windows[1].loading)
            return true;
    }
    return false;
}

/* Whether what is due then only waits for another job's fetch. */
static bool is_sharing(const struct host *host, uint64_t due_usec)
{
    LIST_FOR_EACH (link, &host->lanes)
        LIST_FOR_EACH (again, &CONTAINER_OF(link, struct lane, in_host)->again) {
            const struct waiting *waiting = CONTAINER_OF(again, struct waiting, link);

            if (waiting->due_usec == due_usec && !list_is_empty(&waiting->in_flight))
                return true;
        }
    return false;
}

const struct host *host_why_visits(const struct host *host)
{
    for (size_t i = 0; i < 2; i++)
        if (host_visit_is_waiting(&host->origins[i]))
            return host->origins[i].visits;
    return NULL;
}

/* What keeps its URLs, all of them, from being due. */
static enum engine_host_state state_of_urls(const struct host *host, uint64_t due_usec, uint64_t now_usec)
{
    if (!has_running_job(host))
        return host->n_active > 0 ? ENGINE_HOST_BUSY : ENGINE_HOST_STOPPED;
    for (size_t i = 0; i < 2; i++)
        if (host->origins[i].hold_until_usec == due_usec && due_usec > now_usec)
            return host->origins[i].parkings > 0 ? ENGINE_HOST_PARKED : ENGINE_HOST_HELD;
    if (is_reading(host, now_usec))
        return ENGINE_HOST_READING;
    if (host->origins[0].state == ORIGIN_ASKING || host->origins[1].state == ORIGIN_ASKING)
        return ENGINE_HOST_ASKING;
    if (host_why_visits(host))
        return ENGINE_HOST_VISITING;
    if (due_usec != USEC_NEVER)
        return is_sharing(host, due_usec) ? ENGINE_HOST_SHARING : ENGINE_HOST_RETRYING;
    return host->n_active > 0 ? ENGINE_HOST_BUSY : ENGINE_HOST_READING;
}

enum engine_hold host_why_hold(const struct host *host)
{
    return engine_hold(host->engine, host->is_quick ? ENGINE_STEP_START : ENGINE_STEP_START_SLOW);
}

/* What it does when some of its URLs are due. */
static enum engine_host_state state_of_due(const struct host *host, uint64_t now_usec)
{
    switch (host_barrier(host, now_usec)) {
    case HOST_PAUSED:
        return ENGINE_HOST_PAUSED;
    case HOST_FULL:
        return ENGINE_HOST_FULL;
    case HOST_HELD:
        return ENGINE_HOST_HELD;
    case HOST_DELAYED:
        return ENGINE_HOST_DELAYED;
    case HOST_SENDING:
        return ENGINE_HOST_BUSY;
    case HOST_SAVING:
    case HOST_FREE:
        break;
    }
    return host_why_hold(host) == ENGINE_HOLD_NONE ? ENGINE_HOST_READY : ENGINE_HOST_WAITING;
}

static enum engine_host_state state_of(const struct host *host, uint64_t lanes_due, uint64_t now_usec)
{
    const enum host_barrier barrier = host_barrier(host, now_usec);

    if (host->policy->deny)
        return ENGINE_HOST_DENIED;
    if (barrier == HOST_PAUSED)
        return ENGINE_HOST_PAUSED;
    if (host->hold_until_usec > now_usec)
        return ENGINE_HOST_HELD;
    if (!has_urls(host))
        return host->n_active > 0 ? ENGINE_HOST_BUSY : ENGINE_HOST_IDLE;
    return lanes_due > now_usec ? state_of_urls(host, lanes_due, now_usec) : state_of_due(host, now_usec);
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
    case ENGINE_HOST_READING:
    case ENGINE_HOST_LATER:
        return USEC_NEVER;
    case ENGINE_HOST_VISITING:
        return host_free_usec(host_why_visits(host));
    case ENGINE_HOST_READY:
        return 0;
    case ENGINE_HOST_WAITING:
        return engine_hold_until_usec(host->engine, host_why_hold(host));
    case ENGINE_HOST_IDLE:
        return next > clock_boottime_usec() ? next : 0;
    case ENGINE_HOST_DELAYED:
    case ENGINE_HOST_RETRYING:
    case ENGINE_HOST_SHARING:
    case ENGINE_HOST_HELD:
    case ENGINE_HOST_PARKED:
        return lanes_due != USEC_NEVER && lanes_due > next ? lanes_due : next;
    }
    return USEC_NEVER;
}

enum engine_host_state host_why(const struct host *host, uint64_t *ret_next_usec)
{
    uint64_t now = clock_boottime_usec();
    uint64_t due = lanes_due_usec(host, now);
    enum engine_host_state state = state_of(host, due, now);

    *ret_next_usec = next_usec(host, state, due);
    return state;
}
