#include "engine/robots_gate.h"
#include "engine/dispatch.h"
#include "engine/engine.h"
#include "engine/failure.h"
#include "engine/host.h"
#include "engine/host_visit.h"
#include "engine/lane.h"
#include "engine/state.h"
#include "engine/task.h"
#include "fetch/robots.h"
#include "fetch/url.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long an origin whose robots.txt cannot be had is left alone. */
#define UNREACHABLE_USEC (600 * USEC_PER_SEC)
/* Judging URLs before their rules are dropped takes so long at most, but for the first. */
#define JUDGE_USEC (5 * USEC_PER_MSEC)
/* Of a rule or a place, in the detail of URLs. */
#define SHOWN_SIZE 200

static char *robots_url(const char *page_url)
{
    CLEANUP(freep) char *origin = url_origin(page_url);
    char *url;

    return origin && asprintf(&url, "%s/robots.txt", origin) >= 0 ? url : NULL;
}

/* A host that another one's robots.txt has moved to gives it a place and a start of its own. */
static void visit(struct host *host, struct task *task)
{
    host->n_visits++;
    host->n_tasks++;
    host->was_visited = true;
    host->next_start_usec = task->started_usec + host_delay_usec(host);
    host_lanes_changed(host);
    host_schedule(host);
}

static void leave(struct task *task)
{
    struct host *host = TAKE(task->visited);

    if (!host)
        return;
    host->n_visits--;
    host->n_tasks--;
    host_schedule(host);
    host_lanes_changed(host);
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
        visit(visited, task);
    return 0;
}

/* Whole characters of it. */
static int shown_size(const char *text)
{
    size_t size = strnlen(text, SHOWN_SIZE);

    if (text[size] != '\0')
        while (size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80)
            size--;
    return (int)size;
}

/* `is_ours`: another configuration may let it through. */
static void condemn(struct origin *origin, enum outcome outcome, bool is_ours, const char *detail)
{
    origin->state = ORIGIN_CONDEMNED;
    origin->outcome = outcome;
    origin->is_our_refusal = is_ours;
    origin->until_usec = clock_boottime_usec() + UNREACHABLE_USEC;
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
        condemn(origin, OUTCOME_ROBOTS_UNREACHABLE, true, "it redirects to a host that Deny= forbids");
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

/* Whether the rules allow it. Else *ret_detail says why not, or is NULL if memory is short. */
static bool is_allowed(const struct robots *robots, const char *url, char **ret_detail)
{
    struct robots_verdict verdict;
    struct url_parts parts;

    url_split(url, &parts);
    verdict = robots_check(robots, parts.path);
    if (verdict.allowed)
        return true;
    if (!verdict.rule)
        *ret_detail = strdup("robots.txt has too many rules for so long a path");
    else if (asprintf(ret_detail, "robots.txt line %u: Disallow: %.*s", verdict.line,
                 shown_size(verdict.rule), verdict.rule) < 0)
        *ret_detail = NULL;
    return false;
}

static enum gate check(struct origin *origin, const char *url, enum outcome *ret_outcome, char **ret_detail)
{
    if (!origin->robots)
        return GATE_OPEN;
    robots_shelf_touch(&origin->host->engine->robots, origin);
    if (is_allowed(origin->robots, url, ret_detail))
        return GATE_OPEN;
    *ret_outcome = OUTCOME_ROBOTS_DISALLOWED;
    return GATE_CLOSED;
}

/* What the rules said of it before they were dropped. */
static enum gate ruling(const struct waiting *waiting, enum outcome *ret_outcome, char **ret_detail)
{
    if (!waiting->ruled_out)
        return GATE_OPEN;
    *ret_outcome = OUTCOME_ROBOTS_DISALLOWED;
    *ret_detail = strdup(waiting->ruled_out);
    return GATE_CLOSED;
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
        return ruling(waiting, ret_outcome, ret_detail);
    switch (origin->state) {
    case ORIGIN_UNKNOWN:
        return ask_in_turn(host, origin, waiting->url);
    case ORIGIN_ASKING:
        return GATE_WAITS;
    case ORIGIN_KNOWN:
    case ORIGIN_CONDEMNED:
        break;
    }
    return check(origin, waiting->url, ret_outcome, ret_detail);
}

static void learn(struct host *host, struct origin *origin, struct robots *robots)
{
    uint64_t delay = robots ? robots_crawl_delay_usec(robots) : 0;

    origin->state = ORIGIN_KNOWN;
    origin->robots_tries = 0;
    origin->until_usec = clock_boottime_usec() + ROBOTS_MAX_AGE_USEC;
    if (robots)
        robots_shelf_put(&host->engine->robots, origin, robots);
    origin->crawl_delay_usec = delay < CRAWL_DELAY_MAX_USEC ? delay : CRAWL_DELAY_MAX_USEC;
    host->next_start_usec = clock_boottime_usec() + host_delay_usec(host);
    host_keep_delay(host);
}

/* What keeps everything of a place away. */
static bool is_of_place(enum outcome cause)
{
    return cause == OUTCOME_DNS_FAILED || cause == OUTCOME_BLOCKED_ADDRESS ||
        cause == OUTCOME_CONNECT_FAILED || cause == OUTCOME_TLS_FAILED;
}

/* What a page would meet as well is named as what it is; a page does not meet what is wrong with the place
 * that robots.txt has moved to. */
static void condemn_for(struct origin *origin, const struct task *task)
{
    const enum outcome cause = task->result.outcome;
    const char *detail = task->detail ? task->detail : outcome_to_string(cause);
    CLEANUP(freep) char *moved = NULL;

    if (task->hops > 0 &&
        asprintf(&moved, "it redirects to %.*s: %s", shown_size(task->url), task->url, detail) < 0)
        moved = NULL;
    condemn(origin, is_of_place(cause) && task->hops == 0 ? cause : OUTCOME_ROBOTS_UNREACHABLE,
        is_of_place(cause), moved ? moved : detail);
}

/* RFC 9309 2.3.1.4: what cannot be reached disallows everything; we ask again a few times first. So does what
 * we may not reach, wherever it was redirected to. */
static void unreachable(struct host *host, struct origin *origin, const struct task *task)
{
    struct engine *engine = host->engine;
    bool hopeless = task->result.outcome == OUTCOME_BLOCKED_ADDRESS ||
        (task->result.http_status == 0 && !task->result.may_pass);

    origin->robots_tries++;
    if (!hopeless && origin->robots_tries < engine->settings->max_attempts) {
        origin->state = ORIGIN_UNKNOWN;
        host_hold_origin(host, origin, failure_backoff_usec(engine, origin->robots_tries - 1));
        return;
    }
    condemn_for(origin, task);
}

/* True if the redirect is followed, when its turn comes. */
static bool follow(struct origin *origin, const struct task *task)
{
    enum url_verdict verdict;
    char *url;

    if (!task->result.is_redirect || task->hops >= ROBOTS_MAX_REDIRECTS || !task->location)
        return false;
    if (url_resolve(task->url, task->location, &url, &verdict) < 0 || verdict != URL_OK)
        return false;
    origin->moved_to = url;
    origin->hops = task->hops + 1;
    /* Should nobody want to know any more, the next who does begins anew. */
    origin->until_usec = clock_boottime_usec() + UNREACHABLE_USEC;
    return true;
}

/* What it says of the host that answered, or did not: another one where robots.txt has moved there. */
static void note(struct task *task)
{
    struct host *asked = task->visited ? task->visited : task->host;

    if (task->result.outcome != OUTCOME_CANCELLED)
        failure_note(asked, host_origin(asked, task->url), task);
}

void robots_gate_answer(struct task *task)
{
    struct host *host = task->host;
    struct origin *origin = task->origin;
    int status = task->result.http_status;

    origin->state = ORIGIN_UNKNOWN;
    origin->wants_fresh = task->result.is_stale;
    if (origin->wants_fresh) {
        leave(task);
        return;
    }
    free(TAKE(origin->moved_to));
    origin->hops = 0;
    origin->until_usec = 0;
    note(task);
    leave(task);
    if (origin->state == ORIGIN_CONDEMNED || task->result.outcome == OUTCOME_CANCELLED ||
        follow(origin, task))
        return;
    if (task->result.outcome == OUTCOME_COUNTED)
        learn(host, origin, TAKE(task->robots));
    else if (task->result.is_redirect || (status >= 400 && status < 500 && status != 429))
        learn(host, origin, NULL);
    else
        unreachable(host, origin, task);
}

/* False if it was judged before, or waits for the other origin. */
static bool judge(const struct origin *origin, struct waiting *waiting)
{
    if (&origin->host->origins[host_origin_index(waiting->url)] != origin ||
        waiting->ruled_until_usec > clock_boottime_usec())
        return false;
    free(TAKE(waiting->ruled_out));
    /* Without memory to say why not, it has to ask again. */
    if (is_allowed(origin->robots, waiting->url, &waiting->ruled_out) || waiting->ruled_out)
        waiting->ruled_until_usec = origin->until_usec;
    return true;
}

/* False if the time is over. */
static bool judge_list(const struct origin *origin, const struct list *list, uint64_t end_usec)
{
    LIST_FOR_EACH (link, list)
        if (judge(origin, CONTAINER_OF(link, struct waiting, link)) && clock_boottime_usec() >= end_usec)
            return false;
    return true;
}

static bool judge_lane(const struct origin *origin, const struct lane *lane, uint64_t end_usec)
{
    /* In the order in which they will start: who asked for the rules is in `again`. */
    const struct list *lists[] = {
        &lane->again, &lane->windows[0].urls, &lane->windows[1].urls, &lane->refused};

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        if (!judge_list(origin, lists[i], end_usec))
            return false;
    return true;
}

void robots_gate_dropping(struct origin *origin)
{
    const uint64_t end = clock_boottime_usec() + JUDGE_USEC;

    LIST_FOR_EACH (link, &origin->host->lanes)
        if (!judge_lane(origin, CONTAINER_OF(link, struct lane, in_host), end))
            break;
    if (origin->state == ORIGIN_KNOWN) {
        origin->state = ORIGIN_UNKNOWN;
        origin->until_usec = 0;
    }
}

void robots_gate_forgive(struct host *host)
{
    for (size_t i = 0; i < 2; i++) {
        struct origin *origin = &host->origins[i];

        if (origin->state == ORIGIN_CONDEMNED && origin->is_our_refusal)
            origin->until_usec = clock_boottime_usec();
    }
}
