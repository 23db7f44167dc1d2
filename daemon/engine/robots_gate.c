#include "engine/robots_gate.h"
#include "engine/dispatch.h"
#include "engine/host.h"
#include "engine/host_visit.h"
#include "engine/lane.h"
#include "engine/robots_gate_private.h"
#include "engine/settings.h"
#include "engine/task.h"
#include "fetch/url.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *robots_url(const char *page_url)
{
    CLEANUP(freep) char *origin = url_origin(page_url);
    char *url;

    return origin && asprintf(&url, "%s/robots.txt", origin) >= 0 ? url : NULL;
}

static int ask(struct host *host, struct origin *origin, struct host *visited, const char *page_url)
{
    char *url = origin->moved_to ? strdup(origin->moved_to) : robots_url(page_url);
    struct task *task = url ? task_new(FETCH_ROBOTS, url) : NULL;

    if (!task) {
        free(url);
        return -ENOMEM;
    }
    task->origin = origin;
    task->hops = origin->hops;
    task->visited = visited;
    task->request.wants_fresh = origin->wants_fresh;
    origin->state = ORIGIN_ASKING;
    dispatch_start(host, task);
    if (visited)
        host_visit_begin(visited, task);
    return 0;
}

void robots_gate_condemn(struct origin *origin, enum outcome outcome, bool is_ours, const char *detail)
{
    origin->state = ORIGIN_CONDEMNED;
    origin->outcome = outcome;
    origin->is_our_refusal = is_ours;
    origin->until_usec = clock_boottime_usec() + ROBOTS_UNREACHABLE_USEC;
    if (asprintf(&origin->detail, "robots.txt: %s", detail) < 0)
        origin->detail = NULL;
}

/* The host that robots.txt has moved to, in *ret: NULL if to this one, or nowhere. 0 or -ENOMEM. */
static int find_visited(struct host *host, const struct origin *origin, struct host **ret)
{
    CLEANUP(freep) char *key = origin->moved_to ? url_host_key(origin->moved_to) : NULL;
    struct host *visited = NULL;

    if (origin->moved_to && !key)
        return -ENOMEM;
    if (key && strcmp(key, host->key) != 0) {
        visited = host_get(host->engine, key);
        if (!visited)
            return -ENOMEM;
        host_lanes_changed(visited);
    }
    *ret = visited;
    return 0;
}

/* Each hop has its turn as any request has, on the host that it goes to. */
static enum gate ask_in_turn(struct host *host, struct origin *origin, const char *page_url)
{
    struct host *visited;

    if (find_visited(host, origin, &visited) < 0)
        return GATE_WAITS;
    if (visited && visited->policy->deny) {
        robots_gate_condemn(
            origin, OUTCOME_ROBOTS_UNREACHABLE, true, "it redirects to a host that Deny= forbids");
        return GATE_WAITS;
    }
    if (visited && (host_is_visited(visited) || host_free_usec(visited) > clock_boottime_usec())) {
        host_visit_wait(origin, visited);
        return GATE_WAITS;
    }
    return ask(host, origin, visited, page_url) == 0 ? GATE_ASKED : GATE_WAITS;
}

bool robots_gate_serve_visitor(struct host *visited, uint64_t now_usec)
{
    struct origin *origin = host_visit_next(visited, now_usec);

    /* Without memory the origin's URLs come to the gate again. */
    if (origin && ask(origin->host, origin, visited, NULL) < 0)
        host_schedule(origin->host);
    return origin;
}

enum gate robots_gate(
    struct host *host, const struct waiting *waiting, enum outcome *ret_outcome, char **ret_detail)
{
    struct origin *origin = host_origin(host, waiting->url);

    if (host->policy->deny) {
        *ret_outcome = OUTCOME_DENIED_HOST;
        return GATE_CLOSED;
    }
    if (origin->state == ORIGIN_CONDEMNED) {
        *ret_outcome = origin->outcome;
        *ret_detail = origin->detail ? strdup(origin->detail) : NULL;
        return GATE_CLOSED;
    }
    if (!host->policy->robots)
        return GATE_OPEN;
    if (origin->state != ORIGIN_KNOWN && waiting->ruled_until_usec > clock_boottime_usec())
        return robots_gate_recall(waiting, ret_outcome, ret_detail);
    switch (origin->state) {
    case ORIGIN_UNKNOWN:
        return ask_in_turn(host, origin, waiting->url);
    case ORIGIN_ASKING:
        return GATE_WAITS;
    case ORIGIN_KNOWN:
    case ORIGIN_CONDEMNED:
        break;
    }
    return robots_gate_check(origin, waiting->url, ret_outcome, ret_detail);
}

void robots_gate_forgive(struct host *host)
{
    for (size_t i = 0; i < 2; i++) {
        struct origin *origin = &host->origins[i];

        if (origin->state == ORIGIN_CONDEMNED && origin->is_our_refusal)
            origin->until_usec = clock_boottime_usec();
    }
}
