#include "base/list.h"
#include "engine/dispatch.h"
#include "engine/expire.h"
#include "engine/host.h"
#include "engine/job.h"
#include "engine/lane.h"
#include "engine/reuse.h"
#include "engine/state.h"
#include "engine/table.h"
#include "store/store.h"
#include "store/store_read.h"

#include "base/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* One read of a lane's next window; holds the job, not the lane, which may be gone when it comes back. */
struct window_read {
    struct store_read_window read;
    struct job *job;
    char *host;
    size_t window; /* of the lane's */
};

static void window_came(struct store_request *request, void *receiver);

/* The host's next start reads. */
static void read_later(struct lane *lane)
{
    host_put_off(lane->host, ENGINE_STORE_RETRY_USEC);
}

/* As many as are read at once: the more lanes there are, the fewer URLs of each lie in memory. */
static size_t window_rows(const struct engine *engine)
{
    size_t n = ENGINE_WINDOW_URLS / (engine->n_lanes + 1);

    if (n < ENGINE_WINDOW_MIN)
        return ENGINE_WINDOW_MIN;
    return n < STORE_WINDOW_ROWS ? n : STORE_WINDOW_ROWS;
}

static void load_window(struct lane *lane, size_t index)
{
    static const char *const schemes[] = {"http", "https"};
    struct window *window = &lane->windows[index];
    struct window_read *read;

    if (window->loading || window->end || window->n > window_rows(lane->job->engine) / 2 ||
        !list_is_empty(&lane->fresh))
        return;
    read = calloc(1, sizeof(*read));
    if (read)
        read->host = strdup(lane->host->key);
    if (!read || !read->host) {
        free(read);
        read_later(lane);
        return;
    }
    read->job = lane->job;
    read->window = index;
    read->read = (struct store_read_window){
        .request = {.kind = STORE_READ_WINDOW, .done = window_came},
        .job = lane->job->number,
        .host = read->host,
        .scheme = lane->is_split ? schemes[index] : NULL,
        .with_known = reuse_is_wanted(lane->job),
        .rule = reuse_rule(lane->job),
        .position = window->position,
        .max_rows = window_rows(lane->job->engine),
    };
    window->loading = true;
    lane->job->n_writes++;
    engine_request(lane->job->engine, &read->read.request);
}

void lane_load(struct lane *lane)
{
    if (lane->job->phase != PHASE_RUNNING || give_up_is_under_way(lane, 0) || give_up_is_under_way(lane, 1))
        return;
    for (size_t i = 0; i < lane_n_windows(lane); i++)
        load_window(lane, i);
}

/* Whether all that was read ahead is of one origin, which is held, and which one. */
static bool is_blocked(const struct lane *lane, uint64_t now_usec, size_t *ret_origin)
{
    const struct list *urls = &lane->windows[0].urls;
    const char *first;

    if (list_is_empty(urls))
        return false;
    first = CONTAINER_OF(urls->next, struct waiting, link)->url;
    if (host_origin_due_usec(lane->host, first) <= now_usec)
        return false;
    LIST_FOR_EACH (link, urls) {
        const struct waiting *waiting = CONTAINER_OF(link, struct waiting, link);

        if (host_origin_index(waiting->url) != host_origin_index(first))
            return false;
    }
    *ret_origin = host_origin_index(first);
    return true;
}

void lane_look_beyond(struct lane *lane, uint64_t now_usec)
{
    struct window *all = &lane->windows[0];
    size_t origin;

    if (lane->is_split || all->loading || all->end || all->n <= window_rows(lane->job->engine) / 2 ||
        !is_blocked(lane, now_usec, &origin))
        return;
    lane->is_split = true;
    lane->windows[1].position = all->position;
    if (origin == 1) {
        LIST_FOR_EACH (link, &all->urls) {
            list_remove(link);
            list_append(&lane->windows[1].urls, link);
            CONTAINER_OF(link, struct waiting, link)->window = &lane->windows[1];
        }
        lane->windows[1].n = all->n;
        all->n = 0;
    }
    lane_load(lane);
}

static int add_row(struct lane *lane, struct window *window, const struct store_waiting_row *row)
{
    struct waiting *waiting = waiting_new(row->seq, row->attempt);

    if (waiting)
        waiting->url = strdup(row->url);
    if (!waiting || !waiting->url || reuse_take_row(lane, waiting, &row->known) < 0) {
        waiting_free(waiting);
        return -ENOMEM;
    }
    waiting->hops = row->hops;
    waiting->tries = row->tries;
    if (!list_is_empty(&waiting->link))
        return 0; /* it is fresh */
    waiting->window = window;
    list_append(&window->urls, &waiting->link);
    window->n++;
    return 0;
}

/* Takes back the last rows: each is at the end of one list or the other. */
static void drop_rows(
    struct lane *lane, struct window *window, const struct store_waiting_row *rows, size_t n)
{
    while (n-- > 0) {
        struct list *last = window->urls.previous;

        if (!list_is_empty(&window->urls) && CONTAINER_OF(last, struct waiting, link)->seq == rows[n].seq)
            window->n--;
        else
            last = lane->fresh.previous;
        waiting_free(CONTAINER_OF(last, struct waiting, link));
    }
}

/* What does not fit in memory is dropped and read again: the position has not moved. */
static int take_rows(struct lane *lane, struct window *window, const struct store_read_window *read)
{
    for (size_t i = 0; i < read->n_rows; i++)
        if (add_row(lane, window, &read->rows[i]) < 0) {
            drop_rows(lane, window, read->rows, i);
            return -ENOMEM;
        }
    window->position = read->position;
    return 0;
}

static void take_window(struct lane *lane, const struct window_read *read)
{
    struct window *window = &lane->windows[read->window];
    const bool is_taken = read->read.request.r == 0 && take_rows(lane, window, &read->read) == 0;

    window->loading = false;
    if (is_taken)
        window->end = read->read.end && !window->grew;
    else
        read_later(lane);
    window->grew = false;
    host_schedule(lane->host);
    lane_release(lane);
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
    if (lane && lane->windows[read->window].loading)
        take_window(lane, read);
    store_rows_free(read->read.rows);
    free(read->host);
    free(read);
    dispatch(job->engine);
    job_release(job);
}
