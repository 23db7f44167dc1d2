#include "engine/robots_gate_private.h"

#include "base/cleanup.h"
#include "base/text.h"
#include "engine/host.h"
#include "engine/lane.h"
#include "engine/state.h"
#include "fetch/robots.h"
#include "fetch/url.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Judging URLs before their rules are dropped takes so long at most, but for the first. */
#define JUDGE_USEC (5 * USEC_PER_MSEC)

/* OUTCOME_NONE if the rules allow it. Else *ret_detail says why not, or is NULL if memory is short. */
static enum outcome judge_url(const struct robots *robots, const char *url, char **ret_detail)
{
    struct robots_verdict verdict;
    struct url_parts parts;

    url_split(url, &parts);
    verdict = robots_check(robots, parts.path);
    if (verdict.allowed)
        return OUTCOME_NONE;
    if (verdict.is_unknown)
        return OUTCOME_INTERNAL_ERROR;
    if (!verdict.rule)
        *ret_detail = strdup("robots.txt has too many rules for so long a path");
    else if (asprintf(ret_detail, "robots.txt line %u: Disallow: %.*s", verdict.line,
                 text_cut(verdict.rule, ROBOTS_SHOWN_SIZE), verdict.rule) < 0)
        *ret_detail = NULL;
    return OUTCOME_ROBOTS_DISALLOWED;
}

enum gate robots_gate_check(
    struct origin *origin, const char *url, enum outcome *ret_outcome, char **ret_detail)
{
    if (!origin->robots)
        return GATE_OPEN;
    robots_shelf_touch(&origin->host->engine->robots, origin);
    *ret_outcome = judge_url(origin->robots, url, ret_detail);
    return *ret_outcome == OUTCOME_NONE ? GATE_OPEN : GATE_CLOSED;
}

enum gate robots_gate_recall(const struct waiting *waiting, enum outcome *ret_outcome, char **ret_detail)
{
    if (!waiting->ruled_out)
        return GATE_OPEN;
    *ret_outcome = OUTCOME_ROBOTS_DISALLOWED;
    *ret_detail = strdup(waiting->ruled_out);
    return GATE_CLOSED;
}

/* False if it was judged before, or waits for the other origin. */
static bool judge(const struct origin *origin, struct waiting *waiting)
{
    if (&origin->host->origins[host_origin_index(waiting->url)] != origin ||
        waiting->ruled_until_usec > clock_boottime_usec())
        return false;
    free(TAKE(waiting->ruled_out));
    /* Without memory to say why not, it has to ask again. */
    if (judge_url(origin->robots, waiting->url, &waiting->ruled_out) == OUTCOME_NONE || waiting->ruled_out)
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
