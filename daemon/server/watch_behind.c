#include "server/watcher.h"

#include "base/clock.h"
#include "server/view.h"
#include "store/store.h"
#include "store/store_read.h"
#include <errno.h>

void watcher_release_behind(struct watcher *watcher)
{
    query_free(watcher->query);
    store_rows_free(watcher->read.rows);
}

static void go_on_or_fail(struct watcher *watcher, int r)
{
    if (r < 0)
        work_fail(&watcher->work, r);
    else
        watcher_go_on(watcher->work.call);
}

static int tell_group(struct watcher *watcher, const struct query_group *group)
{
    struct watched *watched = &watcher->jobs[watcher->behind];
    struct wire_group page = {.job = wire_some_int((int64_t)group->job),
        .page = wire_some_int((int64_t)group->page),
        .url = group->url,
        .tokens = (int64_t)group->tokens,
        .distinct = (int64_t)group->distinct};

    int r;

    if (watcher_was_told(watched, group->page, true))
        return 0;
    r = watcher_queue_page(watcher, &page, group->ranking);
    if (r == 0)
        watcher_mark_told(watched, group->page, true);
    return r;
}

static void groups_came(void *userdata, int r, const struct query_group *groups, size_t n_groups, bool end)
{
    struct watcher *watcher = userdata;

    /* A job that was removed meanwhile has nothing more to tell. */
    if (r == -ENOENT) {
        n_groups = 0;
        end = true;
        r = 0;
    }
    watcher->asked = false;
    watcher->groups = groups;
    watcher->n_groups = n_groups;
    watcher->groups_end = end;
    watcher->group = 0;
    go_on_or_fail(watcher, r);
}

static int start_query(struct watcher *watcher)
{
    const struct query_options options = {.jobs = &watcher->jobs[watcher->behind].job,
        .n_jobs = 1,
        .per = QUERY_PER_PAGE,
        .by = COUNTS_BY_TOKENS,
        .k = watcher->per_page};

    watcher->asked = true;
    return query_new(engine_store(watcher->work.service->settings.engine), &options, groups_came, watcher,
        &watcher->query);
}

static int tell_row(struct watcher *watcher, const struct store_url_row *row)
{
    struct watched *watched = &watcher->jobs[watcher->behind];
    struct arena arena = {0};
    struct wire_url url;
    int r;

    if (row->outcome == OUTCOME_NONE || outcome_state(row->outcome) == URL_COUNTED)
        return 0;
    if (watcher_was_told(watched, row->seq, false))
        return 0;
    r = view_url(watcher->work.service, row, &arena, &url);
    if (r == 0)
        r = watcher_queue(watcher, NULL, &url);
    if (r == 0)
        watcher_mark_told(watched, row->seq, false);
    arena_deinit(&arena);
    return r;
}

static void rows_came(struct store_request *request, void *receiver)
{
    struct watcher *watcher = CONTAINER_OF(request, struct watcher, read.request);
    int r = request->r;

    if (!work_came_back(&watcher->work))
        return;
    if (r == -ENOENT) {
        watcher->read.n_rows = 0;
        watcher->read.end = true;
        r = 0;
    }
    watcher->asked = false;
    watcher->row = 0;
    go_on_or_fail(watcher, r);
}

static void start_rows(struct watcher *watcher)
{
    store_rows_free(TAKE(watcher->read.rows));
    watcher->read = (struct store_read_urls){.request = {.kind = STORE_READ_URLS, .done = rows_came},
        .job = watcher->jobs[watcher->behind].job,
        .after = watcher->read.next_after,
        .state = -1};
    watcher->asked = true;
    work_submit(&watcher->work, &watcher->read.request);
}

int watcher_start_round(struct watcher *watcher)
{
    watcher->catching_up = true;
    watcher->missed = false;
    watcher->behind = 0;
    return start_query(watcher);
}

/* The pages at hand; then the next ones are asked for, which come back to watcher_go_on(). */
static int tell_groups(struct watcher *watcher)
{
    int r = 0;

    while (r == 0 && watcher->group < watcher->n_groups && list_is_empty(&watcher->queue)) {
        r = tell_group(watcher, &watcher->groups[watcher->group++]);
        if (r == 0)
            r = watcher_send_queue(watcher);
    }
    if (r < 0 || watcher->group < watcher->n_groups)
        return r;
    if (!watcher->groups_end) {
        watcher->asked = true;
        query_next(watcher->query);
        return 0;
    }
    query_free(TAKE(watcher->query));
    watcher->read.next_after = 0;
    start_rows(watcher);
    return 0;
}

static int next_job(struct watcher *watcher)
{
    watcher->behind++;
    if (watcher->behind < watcher->n_jobs)
        return start_query(watcher);
    watcher->catching_up = false;
    watcher->rests_until_usec = clock_add(clock_boottime_usec(), WATCHER_REST_USEC);
    return 0;
}

static int tell_rows(struct watcher *watcher)
{
    int r = 0;

    while (r == 0 && watcher->row < watcher->read.n_rows && list_is_empty(&watcher->queue)) {
        r = tell_row(watcher, &watcher->read.rows[watcher->row++]);
        if (r == 0)
            r = watcher_send_queue(watcher);
    }
    if (r < 0 || watcher->row < watcher->read.n_rows)
        return r;
    if (watcher->read.end)
        return next_job(watcher);
    start_rows(watcher);
    return 0;
}

/* While the jobs run there may be more to come, which one round can bring together. */
static bool is_time_for_a_round(const struct watcher *watcher)
{
    return watcher->missed && (watcher->n_running == 0 || clock_boottime_usec() >= watcher->rests_until_usec);
}

int watcher_tell_pages(struct watcher *watcher)
{
    int r = watcher_send_queue(watcher);

    if (r < 0 || !list_is_empty(&watcher->queue) || watcher->asked)
        return r;
    if (!watcher->catching_up)
        return is_time_for_a_round(watcher) ? watcher_start_round(watcher) : 0;
    return watcher->query ? tell_groups(watcher) : tell_rows(watcher);
}
