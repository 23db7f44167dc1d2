#include "server/watcher.h"

#include "server/view.h"
#include "store/store_read.h"
#include <errno.h>
#include <math.h>
#include <stdlib.h>

static void drop_watches(struct watcher *watcher)
{
    for (size_t i = 0; i < watcher->n_jobs; i++)
        engine_watch_free(TAKE(watcher->jobs[i].watch));
    sd_event_source_disable_unref(TAKE(watcher->timer));
}

static void release(void *work)
{
    struct watcher *watcher = work;

    drop_watches(watcher);
    watcher_release_queue(watcher);
    watcher_release_behind(watcher);
    for (size_t i = 0; i < watcher->n_jobs; i++) {
        free(watcher->jobs[i].told_counted);
        free(watcher->jobs[i].told_otherwise);
    }
    free(watcher->jobs);
}

/* What comes back later finds neither service nor engine. */
static void cancelled(void *work)
{
    struct watcher *watcher = work;

    drop_watches(watcher);
    watcher_release_queue(watcher);
    query_free(TAKE(watcher->query));
}

static struct wire_watch_out progress(struct watcher *watcher, const struct wire_job *jobs, size_t n_jobs)
{
    double urls_per_second = 0;
    double bytes_per_second = 0;

    for (size_t i = 0; i < n_jobs; i++) {
        double urls;
        double bytes;

        engine_job_rates(watcher->work.service->settings.engine, (uint64_t)jobs[i].job, &urls, &bytes);
        urls_per_second += urls;
        bytes_per_second += bytes;
    }
    watcher->urls_per_second = round(urls_per_second * 100) / 100;
    watcher->bytes_per_second = round(bytes_per_second);
    return (struct wire_watch_out){.jobs = jobs,
        .n_jobs = n_jobs,
        .urls_per_second = watcher->urls_per_second,
        .bytes_per_second = watcher->bytes_per_second};
}

static int view_jobs(struct watcher *watcher, struct arena *arena, struct wire_job **ret)
{
    struct work *work = &watcher->work;
    struct wire_job *jobs = arena_allocate(arena, (work->n_rows + 1) * sizeof(*jobs));
    int r = jobs ? 0 : -ENOMEM;

    for (size_t i = 0; i < work->n_rows && r == 0; i++)
        r = view_job(work->service, call_peer(work->call), work->rows[i], arena, &jobs[i]);
    if (r == 0)
        *ret = jobs;
    return r;
}

/* The rows at hand, as one more reply or as the last. False: the call has ended. */
static bool tell_progress(struct watcher *watcher)
{
    struct arena arena = {0};
    struct wire_watch_out out;
    struct wire_job *jobs;
    bool last = watcher->last;
    int r = view_jobs(watcher, &arena, &jobs);

    if (r == 0) {
        out = progress(watcher, jobs, watcher->work.n_rows);
        if (last)
            call_reply(watcher->work.call, &out);
        else
            r = call_continue(watcher->work.call, &out);
    }
    arena_deinit(&arena);
    if (r < 0)
        work_fail(&watcher->work, r);
    else if (last)
        work_end(&watcher->work);
    return r == 0 && !last;
}

static void reread(void *work)
{
    struct watcher *watcher = work;

    watcher->reading = false;
    if ((watcher->last || call_has_room(watcher->work.call)) && !tell_progress(watcher))
        return;
    watcher_go_on(watcher->work.call);
}

static void read_rows(struct watcher *watcher)
{
    if (watcher->reading)
        return;
    watcher->reading = true;
    work_reread(&watcher->work, reread);
}

static int arm(struct watcher *watcher)
{
    int r = sd_event_source_set_time_relative(watcher->timer, WATCHER_INTERVAL_USEC);

    return r < 0 ? r : sd_event_source_set_enabled(watcher->timer, SD_EVENT_ONESHOT);
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
    struct watcher *watcher = userdata;
    int r = arm(watcher);

    if (call_has_room(watcher->work.call))
        read_rows(watcher);
    return r;
}

void watcher_go_on(struct call *call)
{
    struct watcher *watcher = call_data(call);
    int r = watcher->per_page > 0 ? watcher_tell_pages(watcher) : 0;

    if (r < 0) {
        work_fail(&watcher->work, r);
    } else if (!list_is_empty(&watcher->queue)) {
        call_set_drain(call, watcher_go_on);
    } else if (watcher->n_running == 0 && !watcher->catching_up && !watcher->missed && !watcher->reading &&
        !watcher->last) {
        drop_watches(watcher);
        watcher->last = true;
        read_rows(watcher);
    }
}

/* From the event loop: the engine is telling all of its watches, of which none may go now. */
static void job_changed(void *userdata, uint64_t job, enum store_job_state state, bool exists)
{
    struct watched *watched = userdata;
    bool ended = !exists || state == JOB_DONE || state == JOB_CANCELLED;

    if (watched->ended == ended)
        return;
    watched->ended = ended;
    if (ended)
        watched->watcher->n_running--;
    else
        watched->watcher->n_running++;
    call_set_drain(watched->watcher->work.call, watcher_go_on);
}

static int start_job(struct watcher *watcher, struct watched *watched, const struct store_job_row *row)
{
    const struct engine_watch_callbacks callbacks = {
        .url_ended = watcher->per_page > 0 ? watcher_url_ended : NULL, .job_changed = job_changed};

    watched->watcher = watcher;
    watched->job = row->job;
    if (watcher->per_page > 0) {
        watched->told_size = (size_t)(row->total / 8 + 1);
        watched->told_counted = calloc(watched->told_size, 1);
        watched->told_otherwise = calloc(watched->told_size, 1);
        if (!watched->told_counted || !watched->told_otherwise)
            return -ENOMEM;
    }
    return engine_watch_new(
        watcher->work.service->settings.engine, row->job, &callbacks, watched, &watched->watch);
}

static int start(struct watcher *watcher)
{
    size_t n = watcher->work.n_rows;
    int r = 0;

    watcher->jobs = calloc(n + 1, sizeof(*watcher->jobs));
    if (!watcher->jobs)
        return -ENOMEM;
    watcher->n_jobs = watcher->n_running = n;
    for (size_t i = 0; i < n && r == 0; i++)
        r = start_job(watcher, &watcher->jobs[i], watcher->work.rows[i]);
    if (r == 0)
        r = sd_event_add_time_relative(watcher->work.service->event, &watcher->timer, CLOCK_MONOTONIC,
            WATCHER_INTERVAL_USEC, WATCHER_INTERVAL_USEC / 10, on_timer, watcher);
    if (r >= 0 && watcher->per_page > 0)
        r = watcher_start_round(watcher);
    return r < 0 ? r : 0;
}

static void found(void *work)
{
    struct watcher *watcher = work;
    int r = start(watcher);

    if (r < 0)
        work_fail(&watcher->work, r);
    else if (tell_progress(watcher))
        watcher_go_on(watcher->work.call);
}

void serve_watch(struct call *call)
{
    const struct wire_watch_in *in = call_in(call);
    struct watcher *watcher;

    if (in->per_page.set && (in->per_page.value < 1 || in->per_page.value > WATCHER_MAX_WORDS)) {
        call_refuse(call, WIRE_INVALID_INPUT, "perPage is from 1 to %d", WATCHER_MAX_WORDS);
        return;
    }
    watcher = work_new(call, sizeof(*watcher));
    if (!watcher)
        return;
    list_init(&watcher->queue);
    watcher->work.release = release;
    watcher->work.cancelled = cancelled;
    watcher->per_page = (uint64_t)in->per_page.value;
    work_find(&watcher->work, in->jobs, in->n_jobs, in->per_page.set ? WORK_TO_READ : WORK_TO_SEE, found);
}
