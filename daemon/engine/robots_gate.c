#include "engine/state.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* How long an origin whose robots.txt cannot be had is left alone. */
#define UNREACHABLE_USEC (600 * USEC_PER_SEC)

static int ask(struct host *host, struct origin *origin, char *url, uint32_t hops)
{
    struct task *task = url ? task_new(FETCH_ROBOTS, url) : NULL;

    if (!task) {
        free(url);
        return -ENOMEM;
    }
    task->origin = origin;
    task->hops = hops;
    origin->state = ORIGIN_ASKING;
    dispatch_start(host, task);
    return 0;
}

static char *robots_url(const char *page_url)
{
    CLEANUP(freep) char *origin = url_origin(page_url);
    char *url;

    return origin && asprintf(&url, "%s/robots.txt", origin) >= 0 ? url : NULL;
}

static enum gate check(
    const struct origin *origin, const char *url, enum outcome *ret_outcome, char **ret_detail)
{
    struct robots_verdict verdict = {.allowed = true};
    struct url_parts parts;

    url_split(url, &parts);
    if (origin->robots)
        verdict = robots_check(origin->robots, parts.path);
    if (verdict.allowed)
        return GATE_OPEN;
    *ret_outcome = OUTCOME_ROBOTS_DISALLOWED;
    if (!verdict.rule)
        *ret_detail = strdup("robots.txt has too many rules for so long a path");
    else if (asprintf(ret_detail, "robots.txt line %u: Disallow: %s", verdict.line, verdict.rule) < 0)
        *ret_detail = NULL;
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
    switch (origin->state) {
    case ORIGIN_UNKNOWN:
        return ask(host, origin, robots_url(waiting->url), 0) == 0 ? GATE_ASKED : GATE_WAITS;
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
    origin->robots = robots;
    origin->robots_tries = 0;
    origin->until_usec = clock_boottime_usec() + ROBOTS_MAX_AGE_USEC;
    origin->crawl_delay_usec = delay < CRAWL_DELAY_MAX_USEC ? delay : CRAWL_DELAY_MAX_USEC;
    host->next_start_usec = clock_boottime_usec() + host_delay_usec(host);
    host_keep_delay(host);
}

/* What a page would meet as well is named as what it is. */
static enum outcome outcome_of(enum outcome cause)
{
    bool is_shared = cause == OUTCOME_DNS_FAILED || cause == OUTCOME_BLOCKED_ADDRESS ||
        cause == OUTCOME_CONNECT_FAILED || cause == OUTCOME_TLS_FAILED;

    return is_shared ? cause : OUTCOME_ROBOTS_UNREACHABLE;
}

/* RFC 9309 2.3.1.4: what cannot be reached disallows everything; we ask again a few times first. */
static void unreachable(struct host *host, struct origin *origin, struct task *task)
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
    origin->state = ORIGIN_CONDEMNED;
    origin->outcome = outcome_of(task->result.outcome);
    origin->until_usec = clock_boottime_usec() + UNREACHABLE_USEC;
    if (asprintf(&origin->detail, "robots.txt: %s",
            task->detail ? task->detail : outcome_to_string(task->result.outcome)) < 0)
        origin->detail = NULL;
}

/* True if the redirect is followed. */
static bool follow(struct host *host, struct origin *origin, const struct task *task)
{
    enum url_verdict verdict;
    char *url;

    if (!task->result.is_redirect || task->hops >= ROBOTS_MAX_REDIRECTS || !task->location)
        return false;
    if (url_resolve(task->url, task->location, &url, &verdict) < 0 || verdict != URL_OK)
        return false;
    return ask(host, origin, url, task->hops + 1) == 0;
}

void robots_gate_answer(struct task *task)
{
    struct host *host = task->host;
    struct origin *origin = task->origin;
    int status = task->result.http_status;

    origin->state = ORIGIN_UNKNOWN;
    if (task->result.outcome == OUTCOME_CANCELLED)
        return;
    if (follow(host, origin, task))
        return;
    failure_note(host, origin, task);
    if (origin->state == ORIGIN_CONDEMNED)
        return;
    if (task->result.outcome == OUTCOME_COUNTED)
        learn(host, origin, TAKE(task->robots));
    else if (task->result.is_redirect || (status >= 400 && status < 500 && status != 429))
        learn(host, origin, NULL);
    else
        unreachable(host, origin, task);
}
