/* What the store knows of a URL. */
#include "server/explain.h"

#include "base/list.h"
#include "server/view.h"
#include "words/words.h"
#include <errno.h>

/* The `i`-th newest of the jobs that are at hand. */
static const struct explain_job *newest(const struct explain *explain, size_t i)
{
    return &explain->jobs[(explain->n_jobs - 1 - i) % EXPLAIN_JOBS];
}

static int take_row(struct explain *explain, const struct store_url_row *row)
{
    CLEANUP(arena_deinit) struct arena arena = {0};
    const enum url_state state = view_url_state(explain->work.service, row);
    struct wire_url url;
    int r;

    if (state == URL_ACTIVE && explain->active_job == 0)
        explain->active_job = row->job;
    if (state == URL_QUEUED && explain->waiting_job == 0) {
        explain->waiting_job = row->job;
        explain->waiting_job_state = newest(explain, explain->n_searched - 1)->state;
    }
    r = view_url(explain->work.service, row, &arena, &url);
    return r < 0 ? r : list_reply_add(&explain->rows, &url);
}

static void search_next(struct explain *explain);

static void urls_came(struct store_request *request, void *receiver)
{
    struct explain *explain = CONTAINER_OF(request, struct explain, urls.request);
    struct store_read_urls *read = &explain->urls;
    int r = request->r;

    if (!work_came_back(&explain->work))
        return;
    /* A job may be removed meanwhile. */
    if (r == -ENOENT) {
        read->n_rows = 0;
        read->end = true;
        r = 0;
    }
    for (size_t i = 0; r == 0 && i < read->n_rows && explain->rows.n < EXPLAIN_URLS; i++)
        r = take_row(explain, &read->rows[i]);
    if (r < 0)
        work_fail(&explain->work, r);
    else
        search_next(explain);
}

/* Goes on in the job under way, or begins the next one. False: that was all. */
static bool choose_job(struct explain *explain)
{
    struct store_read_urls *read = &explain->urls;
    const struct explain_job *job;

    if (explain->rows.n >= EXPLAIN_URLS)
        return false;
    if (explain->n_searched > 0 && !read->end)
        return true;
    if (explain->n_searched >= explain->n_jobs || explain->n_searched >= EXPLAIN_JOBS)
        return false;
    job = newest(explain, explain->n_searched);
    if (explain->n_searched > 0 && explain->n_searched_urls + job->total > EXPLAIN_SEARCHED_URLS)
        return false;
    explain->n_searched++;
    explain->n_searched_urls += job->total;
    read->job = job->job;
    read->next_after = 0;
    return true;
}

static void search_next(struct explain *explain)
{
    struct store_read_urls *read = &explain->urls;

    store_rows_free(TAKE(read->rows));
    read->n_rows = 0;
    if (!choose_job(explain)) {
        explain->prospect.jobs_searched = (int64_t)explain->n_searched;
        explain->prospect.jobs_left = (int64_t)(explain->n_jobs - explain->n_searched);
        explain->found(explain);
        return;
    }
    *read = (struct store_read_urls){.request = {.kind = STORE_READ_URLS, .done = urls_came},
        .job = read->job,
        .after = read->next_after,
        .state = -1,
        .url = explain->url};
    work_submit(&explain->work, &read->request);
}

static void jobs_came(struct store_request *request, void *receiver)
{
    struct explain *explain = CONTAINER_OF(request, struct explain, all_jobs.request);
    struct store_read_jobs *read = &explain->all_jobs;

    if (!work_came_back(&explain->work))
        return;
    if (request->r < 0) {
        work_fail(&explain->work, request->r);
        return;
    }
    for (size_t i = 0; i < read->n_rows; i++)
        if (service_may_read(explain->work.service, call_peer(explain->work.call), read->rows[i].uid))
            explain->jobs[explain->n_jobs++ % EXPLAIN_JOBS] = (struct explain_job){
                .job = read->rows[i].job, .total = read->rows[i].total, .state = read->rows[i].state};
    if (read->n_rows < STORE_STEP_ROWS) {
        search_next(explain);
        return;
    }
    read->after = read->rows[read->n_rows - 1].job;
    store_rows_free(TAKE(read->rows));
    work_submit(&explain->work, request);
}

/* With validators only where they are the URL's own. */
static int take_known(struct explain *explain, const struct store_known *known)
{
    struct wire_prospect *prospect = &explain->prospect;
    int r;

    if (known->page.job == 0)
        return 0;
    prospect->job = wire_some_int((int64_t)known->page.job);
    prospect->page = wire_some_int((int64_t)known->page.seq);
    r = work_copy(&explain->work, known->etag, &prospect->etag);
    if (r == 0)
        r = work_copy(&explain->work, known->last_modified, &prospect->last_modified);
    return r < 0 ? r : view_time(known->fetched_usec, &explain->work.arena, &prospect->asked);
}

static void known_came(struct store_request *request, void *receiver)
{
    struct explain *explain = CONTAINER_OF(request, struct explain, known.request);
    int r = request->r;

    if (!work_came_back(&explain->work))
        return;
    if (r == 0)
        r = take_known(explain, &explain->known.rows[0]);
    if (r < 0) {
        work_fail(&explain->work, r);
        return;
    }
    explain->all_jobs = (struct store_read_jobs){
        .request = {.kind = STORE_READ_JOBS, .done = jobs_came}, .select = SELECT_ALL};
    work_submit(&explain->work, &explain->all_jobs.request);
}

void explain_search(struct explain *explain, void (*found)(struct explain *explain))
{
    const struct engine_settings *settings = engine_settings(explain->work.service->settings.engine);
    const uid_t uid = call_peer(explain->work.call)->uid;

    explain->found = found;
    explain->known = (struct store_read_known){
        .request = {.kind = STORE_READ_KNOWN, .done = known_came},
        .url = explain->url,
        .rule = {.engine_id = words_engine()->id,
            .uid = uid,
            .any_owner = engine_settings_reads_all(settings, uid),
            .redirected = true},
    };
    work_submit(&explain->work, &explain->known.request);
}
