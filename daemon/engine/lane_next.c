/* Which URL of a lane is next. */
#include "engine/give_up.h"
#include "engine/host.h"
#include "engine/job.h"
#include "engine/lane.h"

#include "base/clock.h"

/* So many failed URLs wait behind others; more would fill memory. */
#define MAX_PUT_OFF 64
/* Each waits no longer than so many other starts of its host take, or this: the others may be of the host's
 * other scheme, whose answers say nothing of its own. */
#define PUT_OFF_STARTS 8
#define PUT_OFF_USEC (60 * USEC_PER_SEC)
/* Failures of an origin in a row, from which on URLs far from the failed ones are asked first. */
#define DOUBTFUL_FAILURES 2

static uint64_t due_usec(const struct lane *lane, const struct waiting *waiting)
{
    uint64_t origin_due = host_origin_due_usec(lane->host, waiting->url);

    if (give_up_is_under_way(lane, host_origin_index(waiting->url)))
        return USEC_NEVER;
    return origin_due > waiting->due_usec ? origin_due : waiting->due_usec;
}

/* A failed URL waits behind those that were not tried while its origin fails: one good answer among them says
 * that the origin is alive, and then the failed one has its turn. */
static bool is_put_off(const struct lane *lane, const struct waiting *waiting, uint64_t now_usec)
{
    const uint64_t starts_usec = PUT_OFF_STARTS * host_delay_usec(lane->host);

    return waiting->tries > 0 && lane->host->origins[host_origin_index(waiting->url)].failures > 0 &&
        now_usec < waiting->due_usec + (starts_usec > PUT_OFF_USEC ? starts_usec : PUT_OFF_USEC);
}

/* The first of the list that is due by then; NULL, and *ret_due_usec lowered to when one will be. Nearly
 * always the first of all: only an origin that is held or asked for its robots.txt is passed over. */
static struct waiting *find_due(
    const struct lane *lane, const struct list *list, uint64_t now_usec, uint64_t *ret_due_usec)
{
    LIST_FOR_EACH (link, list) {
        struct waiting *waiting = CONTAINER_OF(link, struct waiting, link);
        uint64_t due = due_usec(lane, waiting);

        if (due <= now_usec)
            return waiting;
        if (due < *ret_due_usec)
            *ret_due_usec = due;
    }
    return NULL;
}

/* Retries and redirects, but for what is put off, if that is not too much. */
static struct waiting *find_again(const struct lane *lane, uint64_t now_usec)
{
    struct waiting *first = NULL;
    size_t n = 0;

    LIST_FOR_EACH (link, &lane->again) {
        struct waiting *waiting = CONTAINER_OF(link, struct waiting, link);
        const bool put_off = is_put_off(lane, waiting, now_usec);

        n += put_off;
        if (due_usec(lane, waiting) > now_usec)
            continue;
        if (!put_off)
            return waiting;
        if (!first)
            first = waiting;
    }
    return n > MAX_PUT_OFF ? first : NULL;
}

/* The last that is due, where the host begins to fail: neighbours in a list often fail together. */
static struct waiting *find_due_elsewhere(const struct lane *lane, const struct list *list, uint64_t now_usec)
{
    for (struct list *link = list->previous; link != list; link = link->previous) {
        struct waiting *waiting = CONTAINER_OF(link, struct waiting, link);

        if (due_usec(lane, waiting) <= now_usec)
            return waiting;
    }
    return NULL;
}

static bool is_doubtful(const struct host *host)
{
    return host->origins[0].failures >= DOUBTFUL_FAILURES || host->origins[1].failures >= DOUBTFUL_FAILURES;
}

/* What was read ahead, in its order. */
static struct waiting *find_in_windows(const struct lane *lane, uint64_t now_usec, uint64_t *ret_due_usec)
{
    const bool doubtful = is_doubtful(lane->host);
    struct waiting *next = NULL;

    for (size_t i = 0; i < lane_n_windows(lane); i++) {
        const struct list *urls = &lane->windows[i].urls;
        struct waiting *waiting = find_due(lane, urls, now_usec, ret_due_usec);

        if (waiting && doubtful)
            waiting = find_due_elsewhere(lane, urls, now_usec);
        if (waiting && (!next || waiting->seq < next->seq))
            next = waiting;
    }
    return next;
}

/* Retries and redirects first, then what was read ahead, then what failed at an origin that fails; what was
 * refused comes last, so that one URL that always is keeps no other waiting. */
static struct waiting *find_next(const struct lane *lane, uint64_t now_usec, uint64_t *ret_due_usec)
{
    struct waiting *next;

    *ret_due_usec = USEC_NEVER;
    if (lane->job->phase != PHASE_RUNNING || lane->job->is_expired)
        return NULL;
    if (lane->asked_until_usec > now_usec) {
        *ret_due_usec = lane->asked_until_usec;
        return NULL;
    }
    next = find_again(lane, now_usec);
    if (!next)
        next = find_in_windows(lane, now_usec, ret_due_usec);
    if (!next)
        next = find_due(lane, &lane->again, now_usec, ret_due_usec);
    return next ? next : find_due(lane, &lane->refused, now_usec, ret_due_usec);
}

/* Nothing is at hand, and nobody is fetching more. */
static bool is_unread(const struct lane *lane)
{
    if (!list_is_empty(&lane->fresh) || give_up_is_under_way(lane, 0) || give_up_is_under_way(lane, 1))
        return false;
    for (size_t i = 0; i < lane_n_windows(lane); i++) {
        const struct window *window = &lane->windows[i];

        if (window->n == 0 && !window->end && !window->loading)
            return true;
    }
    return false;
}

uint64_t lane_due_usec(const struct lane *lane, uint64_t now_usec)
{
    uint64_t due;

    if (find_next(lane, now_usec, &due))
        return 0;
    return lane->job->phase == PHASE_RUNNING && !lane->job->is_expired && is_unread(lane) ? 0 : due;
}

bool lane_has_url(const struct lane *lane, uint64_t now_usec)
{
    uint64_t due;

    return find_next(lane, now_usec, &due);
}

struct waiting *lane_take(struct lane *lane, uint64_t now_usec)
{
    uint64_t due;
    struct waiting *waiting = find_next(lane, now_usec, &due);

    if (!waiting)
        return NULL;
    lane_remove(waiting);
    lane_load(lane);
    return waiting;
}
