#include "engine/robots_gate_private.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "engine/failure.h"
#include "engine/host.h"
#include "engine/host_visit.h"
#include "engine/state.h"
#include "engine/task.h"
#include "fetch/robots.h"
#include "fetch/url.h"
#include <stdio.h>
#include <stdlib.h>

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
        asprintf(&moved, "it redirects to %.*s: %s", text_cut(task->url, ROBOTS_SHOWN_SIZE), task->url,
            detail) < 0)
        moved = NULL;
    robots_gate_condemn(origin, is_of_place(cause) && task->hops == 0 ? cause : OUTCOME_ROBOTS_UNREACHABLE,
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
    origin->until_usec = clock_boottime_usec() + ROBOTS_UNREACHABLE_USEC;
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
        host_visit_end(task);
        return;
    }
    free(TAKE(origin->moved_to));
    origin->hops = 0;
    origin->until_usec = 0;
    note(task);
    host_visit_end(task);
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
