#include "server/cite.h"
#include "server/jobs_reply.h"

#include "base/list.h"
#include "server/view.h"
#include "store/store.h"
#include "store/store_read.h"
#include <errno.h>

struct show {
    struct work work;
    struct store_read_outcomes outcomes;
    bool wants_cite;
    struct cite cite;
};

static void release(void *work)
{
    struct show *show = work;

    store_rows_free(show->outcomes.rows);
    cite_deinit(&show->cite);
}

static void cancelled(void *work)
{
    struct show *show = work;

    cite_cancel(&show->cite);
}

static int view_outcomes(struct show *show, bool with_examples, struct wire_job *job)
{
    const struct store_outcome_row *rows = show->outcomes.rows;
    size_t n = show->outcomes.n_rows;
    struct wire_outcome_count *counts = arena_allocate(&show->work.arena, (n + 1) * sizeof(*counts));

    if (!counts)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        counts[i] = (struct wire_outcome_count){.outcome = outcome_to_string(rows[i].outcome),
            .state = url_state_to_string(outcome_state(rows[i].outcome)),
            .urls = (int64_t)rows[i].n,
            .example_url = with_examples ? rows[i].example_url : NULL,
            .example_detail = with_examples ? rows[i].example_detail : NULL};
    job->outcomes = counts;
    job->n_outcomes = n;
    return 0;
}

static bool may_read(const struct show *show)
{
    return service_may_read(show->work.service, call_peer(show->work.call), show->work.rows[0]->uid);
}

static void reply(struct show *show, const struct wire_cite *cite)
{
    struct work *work = &show->work;
    const struct wire_engine engine = view_engine();
    bool reads = may_read(show);
    struct wire_job *job;
    int r = jobs_view(work, &job);

    if (r == 0)
        r = view_outcomes(show, reads, job);
    if (r < 0) {
        work_fail(work, r);
        return;
    }
    job->engine = &engine;
    job->cite = cite;
    call_reply(work->call, &(struct wire_jobs_out){.jobs = job, .n_jobs = 1});
    work_end(work);
}

static void cited(struct cite *cite, int r)
{
    struct show *show = CONTAINER_OF(cite, struct show, cite);

    if (r < 0)
        work_fail(&show->work, r);
    else
        reply(show, &cite->out);
}

static void came(struct store_request *request, void *receiver)
{
    struct show *show = CONTAINER_OF(request, struct show, outcomes.request);
    const struct store_job_row *row;

    if (!work_came_back(&show->work))
        return;
    row = show->work.rows[0];
    if (request->r < 0)
        work_fail(&show->work, request->r);
    else if (show->wants_cite && may_read(show) && (row->state == JOB_DONE || row->state == JOB_CANCELLED))
        cite_start(&show->cite, &show->work, row, cited);
    else
        reply(show, NULL);
}

static void found(void *work)
{
    struct show *show = work;

    show->outcomes = (struct store_read_outcomes){
        .request = {.kind = STORE_READ_OUTCOMES, .done = came}, .job = show->work.rows[0]->job};
    work_submit(&show->work, &show->outcomes.request);
}

void serve_show(struct call *call)
{
    const struct wire_show_in *in = call_in(call);
    struct show *show = work_new(call, sizeof(*show));

    if (!show)
        return;
    show->work.release = release;
    show->work.cancelled = cancelled;
    show->wants_cite = in->cite.value;
    work_find(&show->work, &in->job, in->job ? 1 : 0, WORK_TO_SEE, found);
}
