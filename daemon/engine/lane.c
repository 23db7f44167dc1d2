#include "engine/state.h"

#include "base/clock.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One read of a lane's next window; holds the job, not the lane, which may be gone when it comes back. */
struct window_read {
    struct store_read_window read;
    struct job *job;
    char *host;
};

static void window_came(struct store_request *request, void *receiver);

void waiting_free(struct waiting *waiting)
{
    if (!waiting)
        return;
    list_remove(&waiting->link);
    free(waiting->url);
    free(waiting);
}

struct lane *lane_find(const struct job *job, const struct host *host)
{
    LIST_FOR_EACH (link, &host->lanes) {
        struct lane *lane = CONTAINER_OF(link, struct lane, in_host);

        if (lane->job == job)
            return lane;
    }
    return NULL;
}

struct lane *lane_get(struct job *job, const char *host_key, uint64_t n_urls)
{
    struct host *host = host_get(job->engine, host_key);
    struct lane *lane = host ? lane_find(job, host) : NULL;

    if (!host || lane)
        return lane;
    lane = calloc(1, sizeof(*lane));
    if (!lane) {
        host_lanes_changed(host);
        return NULL;
    }
    lane->job = job;
    lane->host = host;
    lane->n_left = n_urls;
    list_init(&lane->window);
    list_init(&lane->again);
    list_append(&job->lanes, &lane->in_job);
    list_append(&host->lanes, &lane->in_host);
    job->n_lanes++;
    host->n_lanes++;
    host_lanes_changed(host);
    return lane;
}

static void free_waiting(struct list *list)
{
    LIST_FOR_EACH (link, list)
        waiting_free(CONTAINER_OF(link, struct waiting, link));
}

void lane_free(struct lane *lane)
{
    struct host *host = lane->host;

    LIST_FOR_EACH (link, &lane->job->tasks) {
        struct task *task = CONTAINER_OF(link, struct task, in_job);

        if (task->lane == lane)
            task->lane = NULL;
    }
    free_waiting(&lane->window);
    free_waiting(&lane->again);
    list_remove(&lane->in_job);
    list_remove(&lane->in_host);
    lane->job->n_lanes--;
    host->n_lanes--;
    free(lane);
    host_lanes_changed(host);
}

void lane_grow(struct lane *lane)
{
    lane->end = false;
    lane->grew = lane->loading;
    lane->n_left++;
    host_schedule(lane->host);
}

void lane_load(struct lane *lane)
{
    struct window_read *read;

    if (lane->loading || lane->end || lane->job->phase != PHASE_RUNNING ||
        lane->n_window > STORE_WINDOW_ROWS / 2)
        return;
    read = calloc(1, sizeof(*read));
    if (read)
        read->host = strdup(lane->host->key);
    if (!read || !read->host) {
        free(read);
        host_hold(lane->host, ENGINE_STORE_RETRY_USEC);
        return;
    }
    read->job = lane->job;
    read->read = (struct store_read_window){
        .request = {.kind = STORE_READ_WINDOW, .done = window_came},
        .job = lane->job->number,
        .host = read->host,
        .position = lane->position,
    };
    lane->loading = true;
    lane->job->n_writes++;
    engine_request(lane->job->engine, &read->read.request);
}

static int add_row(struct lane *lane, const struct store_waiting_row *row)
{
    struct waiting *waiting = calloc(1, sizeof(*waiting));

    if (waiting)
        waiting->url = strdup(row->url);
    if (!waiting || !waiting->url) {
        free(waiting);
        return -ENOMEM;
    }
    waiting->seq = row->seq;
    waiting->attempt = row->attempt;
    waiting->hops = row->hops;
    waiting->tries = row->tries;
    waiting->is_window = true;
    list_append(&lane->window, &waiting->link);
    lane->n_window++;
    return 0;
}

/* A window that does not fit in memory is dropped and read again: the position has not moved. */
static int take_rows(struct lane *lane, const struct store_read_window *read)
{
    for (size_t i = 0; i < read->n_rows; i++)
        if (add_row(lane, &read->rows[i]) < 0) {
            free_waiting(&lane->window);
            lane->n_window = 0;
            return -ENOMEM;
        }
    lane->position = read->position;
    return 0;
}

static struct lane *reading_lane(const struct window_read *read)
{
    struct host *host;

    if (read->job->phase == PHASE_CLOSED)
        return NULL;
    HASH_FIND_STR(read->job->engine->hosts, read->host, host);
    return host ? lane_find(read->job, host) : NULL;
}

static void window_came(struct store_request *request, void *receiver)
{
    struct window_read *read = CONTAINER_OF(request, struct window_read, read.request);
    struct lane *lane = reading_lane(read);
    struct job *job = read->job;

    job->n_writes--;
    engine_request_came(job->engine);
    if (lane && lane->loading) {
        lane->loading = false;
        if (request->r == 0 && take_rows(lane, &read->read) == 0)
            lane->end = read->read.end && !lane->grew;
        else
            host_hold(lane->host, ENGINE_STORE_RETRY_USEC);
        lane->grew = false;
        host_schedule(lane->host);
        lane_release(lane);
    }
    store_rows_free(read->read.rows);
    free(read->host);
    free(read);
    dispatch(job->engine);
    job_release(job);
}

static uint64_t due_usec(const struct lane *lane, const struct waiting *waiting)
{
    uint64_t origin_due = host_origin_due_usec(lane->host, waiting->url);

    return origin_due > waiting->due_usec ? origin_due : waiting->due_usec;
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

/* Retries and redirects first, then the window in its order. */
static struct waiting *find_next(const struct lane *lane, uint64_t now_usec, uint64_t *ret_due_usec)
{
    struct waiting *waiting;

    *ret_due_usec = USEC_NEVER;
    if (lane->job->phase != PHASE_RUNNING)
        return NULL;
    waiting = find_due(lane, &lane->again, now_usec, ret_due_usec);
    return waiting ? waiting : find_due(lane, &lane->window, now_usec, ret_due_usec);
}

uint64_t lane_due_usec(const struct lane *lane, uint64_t now_usec)
{
    uint64_t due;

    if (find_next(lane, now_usec, &due))
        return 0;
    if (lane->job->phase == PHASE_RUNNING && lane->n_window == 0 && !lane->end && !lane->loading)
        return 0;
    return due;
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
    list_remove(&waiting->link);
    if (waiting->is_window)
        lane->n_window--;
    waiting->is_window = false;
    lane_load(lane);
    return waiting;
}

void lane_again(struct lane *lane, struct waiting *waiting, uint64_t due_usec)
{
    waiting->due_usec = due_usec;
    list_append(&lane->again, &waiting->link);
    host_schedule(lane->host);
}

void lane_release(struct lane *lane)
{
    struct job *job = lane->job;

    if (lane->loading || !lane->end || lane->n_window > 0 || lane->n_active > 0 ||
        !list_is_empty(&lane->again))
        return;
    lane_free(lane);
    job_load_hosts(job);
}
