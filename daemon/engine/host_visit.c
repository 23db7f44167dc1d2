#include "engine/host_visit.h"

#include "engine/host.h"
#include "engine/job.h"
#include "engine/lane.h"
#include "engine/task.h"

#include "base/cleanup.h"

static struct host *take_out(struct origin *origin)
{
    struct host *visited = TAKE(origin->visits);

    list_remove(&origin->in_visitors);
    host_lanes_changed(visited);
    return visited;
}

/* It does not wait any more, if it did. Its host is to be scheduled. */
static void leave(struct origin *origin)
{
    if (origin->visits)
        host_schedule(take_out(origin));
}

void host_visit_wait(struct origin *origin, struct host *visited)
{
    if (origin->visits == visited)
        return;
    leave(origin);
    origin->visits = visited;
    list_append(&visited->visitors, &origin->in_visitors);
    host_lanes_changed(visited);
    host_schedule(visited);
}

bool host_visit_is_waiting(const struct origin *origin)
{
    const struct host_policy *policy = origin->host->policy;

    return origin->visits && origin->state == ORIGIN_UNKNOWN && policy->robots && !policy->deny &&
        !origin->visits->policy->deny;
}

void host_visit_leave_all(struct host *host)
{
    for (size_t i = 0; i < 2; i++)
        leave(&host->origins[i]);
}

bool host_is_visited(const struct host *host)
{
    return !list_is_empty(&host->visitors);
}

static struct job *running_job(const struct host *host)
{
    LIST_FOR_EACH (link, &host->lanes) {
        struct job *job = CONTAINER_OF(link, struct lane, in_host)->job;

        if (job->phase == PHASE_RUNNING && !job->is_expired)
            return job;
    }
    return NULL;
}

/* It may be otherwise since it came. Then its URLs come to the gate again when they may. */
static bool is_wanted(const struct origin *origin, uint64_t now_usec)
{
    return host_visit_is_waiting(origin) && origin->moved_to && origin->hold_until_usec <= now_usec &&
        !origin->host->is_paused && running_job(origin->host);
}

static bool has_due_lane(const struct host *host, uint64_t now_usec)
{
    LIST_FOR_EACH (link, &host->lanes)
        if (lane_due_usec(CONTAINER_OF(link, struct lane, in_host), now_usec) <= now_usec)
            return true;
    return false;
}

struct origin *host_visit_next(struct host *visited, uint64_t now_usec)
{
    if (visited->was_visited && has_due_lane(visited, now_usec)) {
        visited->was_visited = false;
        return NULL;
    }
    LIST_FOR_EACH (link, &visited->visitors) {
        struct origin *origin = CONTAINER_OF(link, struct origin, in_visitors);
        const bool wanted = is_wanted(origin, now_usec);

        (void)take_out(origin);
        if (wanted)
            return origin;
        host_schedule(origin->host);
    }
    return NULL;
}

struct job *host_visit_job(const struct host *visited)
{
    return host_is_visited(visited)
        ? running_job(CONTAINER_OF(visited->visitors.next, struct origin, in_visitors)->host)
        : NULL;
}

void host_visit_begin(struct host *host, struct task *task)
{
    host->n_visits++;
    host->n_tasks++;
    host->was_visited = true;
    host->next_start_usec = task->started_usec + host_delay_usec(host);
    host_lanes_changed(host);
    host_schedule(host);
}

void host_visit_end(struct task *task)
{
    struct host *host = TAKE(task->visited);

    if (!host)
        return;
    host->n_visits--;
    host->n_tasks--;
    host_schedule(host);
    host_lanes_changed(host);
}
