#include "server/top.h"

#include "base/array.h"
#include "base/list.h"
#include "server/ask.h"
#include "server/filter.h"
#include "server/view.h"
#include "store/store.h"
#include "store/store_read.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void release(void *work)
{
    struct top *top = work;

    top_release_parts(top);
    store_rows_free(top->work.read.rows);
    free(top->jobs);
}

/* ---- of which jobs ---- */

static bool has_ended(const struct store_job_row *row)
{
    return row->state == JOB_DONE || row->state == JOB_CANCELLED;
}

static int add_job(struct top *top, const struct store_job_row *row)
{
    uint64_t ended = row->counted + row->failed + row->skipped + row->cancelled;
    int r = array_reserve_one(&top->jobs, top->n_jobs, &top->jobs_capacity, sizeof(*top->jobs));

    if (r < 0)
        return r;
    top->jobs[top->n_jobs++] = row->job;
    top->totals.complete &= has_ended(row);
    top->totals.total += (int64_t)row->total;
    top->totals.queued += (int64_t)(row->total > ended ? row->total - ended : 0);
    top->totals.failed += (int64_t)row->failed;
    top->totals.skipped += (int64_t)row->skipped;
    top->totals.pages += (int64_t)row->counted;
    top->totals.tokens += (int64_t)row->tokens;
    top->totals.distinct += (int64_t)row->n_words;
    return 0;
}

static int compare_numbers(const void *a, const void *b)
{
    uint64_t left = *(const uint64_t *)a;
    uint64_t right = *(const uint64_t *)b;

    return (left > right) - (left < right);
}

static void run(struct top *top)
{
    int64_t *jobs = arena_allocate(&top->work.arena, (top->n_jobs + 1) * sizeof(*jobs));

    if (!jobs) {
        work_fail(&top->work, -ENOMEM);
        return;
    }
    if (top->n_jobs > 0)
        qsort(top->jobs, top->n_jobs, sizeof(*top->jobs), compare_numbers);
    for (size_t i = 0; i < top->n_jobs; i++)
        jobs[i] = (int64_t)top->jobs[i];
    top->totals.jobs = jobs;
    top->totals.n_jobs = top->n_jobs;
    top_run(top);
}

static void found(void *work)
{
    struct top *top = work;
    int r = 0;

    for (size_t i = 0; i < top->work.n_rows && r == 0; i++)
        r = add_job(top, top->work.rows[i]);
    if (r < 0)
        work_fail(&top->work, r);
    else
        run(top);
}

static int add_readable(struct top *top)
{
    const struct store_read_jobs *read = &top->work.read;
    int r = 0;

    for (size_t i = 0; i < read->n_rows && r == 0; i++)
        if (service_may_read(top->work.service, call_peer(top->work.call), read->rows[i].uid))
            r = add_job(top, &read->rows[i]);
    return r;
}

static void all_came(struct store_request *request, void *receiver)
{
    struct top *top = CONTAINER_OF(request, struct top, work.read.request);
    struct store_read_jobs *read = &top->work.read;
    bool last = read->n_rows < STORE_STEP_ROWS;
    int r = request->r;

    if (!work_came_back(&top->work))
        return;
    if (r == 0)
        r = add_readable(top);
    if (r == 0 && !last)
        read->after = read->rows[read->n_rows - 1].job;
    store_rows_free(TAKE(read->rows));
    if (r < 0)
        work_fail(&top->work, r);
    else if (last)
        run(top);
    else
        work_submit(&top->work, request);
}

static void find_all(struct top *top)
{
    top->work.read = (struct store_read_jobs){
        .request = {.kind = STORE_READ_JOBS, .done = all_came}, .select = SELECT_ALL};
    work_submit(&top->work, &top->work.read.request);
}

/* ---- what is asked ---- */

static const char *const pers[] = {[QUERY_PER_PAGE] = "page",
    [QUERY_PER_HOST] = "host",
    [QUERY_PER_LABEL] = "label",
    [QUERY_PER_JOB] = "job"};
static const char *const bys[] = {
    [COUNTS_BY_TOKENS] = "tokens", [COUNTS_BY_PAGES] = "pages", [COUNTS_BY_HOSTS] = "hosts"};

static int take_choices(struct top *top, const struct wire_top_in *in)
{
    int per = QUERY_PER_NONE, by = COUNTS_BY_TOKENS;
    int r = ask_choice(&top->work, "per", in->per, pers, sizeof(pers) / sizeof(pers[0]), &per);

    if (r == 0)
        r = ask_choice(&top->work, "by", in->by, bys, sizeof(bys) / sizeof(bys[0]), &by);
    if (r < 0)
        return r;
    top->options.per = (enum query_per)per;
    top->options.by = (enum counts_by)by;
    top->options.unique = in->unique.value;
    return 0;
}

static int take_max_pages(struct top *top, const struct wire_top_in *in)
{
    if (!in->max_pages.set)
        return 0;
    if (!(in->max_pages.value > 0 && in->max_pages.value <= 100)) {
        call_refuse(top->work.call, WIRE_INVALID_INPUT, "maxPages is a percentage above 0, up to 100");
        return -EINVAL;
    }
    if (top->options.per == QUERY_PER_PAGE) {
        call_refuse(top->work.call, WIRE_INVALID_INPUT, "maxPages says nothing of the words of one page");
        return -EINVAL;
    }
    top->options.max_pages = in->max_pages.value / 100;
    return 0;
}

/* 0; -EINVAL with the call refused; -ENOMEM. */
static int take_options(struct top *top, const struct wire_top_in *in)
{
    int r = take_choices(top, in);

    if (r == 0)
        r = ask_top_words(&top->work, &in->k, &top->options.k);
    if (r == 0)
        r = filter_take(&top->work, &in->filter, &top->options.filter);
    if (r == 0)
        r = take_max_pages(top, in);
    if (r == 0)
        r = ask_url(&top->work, in->url, &top->options.url);
    return r < 0 ? r : ask_host(&top->work, in->host, &top->options.host);
}

void serve_top(struct call *call)
{
    const struct wire_top_in *in = call_in(call);
    struct top *top = work_new(call, sizeof(*top));
    int r;

    if (!top)
        return;
    top->work.release = release;
    top->totals = (struct wire_top_out){.complete = true, .engine = view_engine()};
    r = take_options(top, in);
    if (r == -EINVAL)
        work_end(&top->work);
    else if (r < 0)
        work_fail(&top->work, r);
    else if (in->all.value)
        find_all(top);
    else
        work_find(&top->work, in->jobs, in->n_jobs, WORK_TO_READ, found);
}
