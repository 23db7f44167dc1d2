#include "engine/running_private.h"

#include "engine/job.h"
#include "engine/running_rows.h"
#include "engine/state.h"
#include "engine/task.h"
#include <errno.h>

/* The first scan is over. */
static void note_row(struct running_totals *totals)
{
    totals->engine->running.making = false;
    totals->n_row = totals->partial.was_taken ? totals->partial.of.n_pages : 0;
    if (totals->partial.was_refused)
        running_rows_drop(totals->engine, totals->job);
}

static void came(struct store_request *request, void *receiver)
{
    struct running_totals *totals = CONTAINER_OF(request, struct running_totals, scan.request);
    struct engine *engine = totals->engine;

    engine_request_came(engine);
    totals->under_way = false;
    running_keys_deinit(&totals->reading);
    if (!totals->made)
        note_row(totals);
    /* Between two pages it is whole. */
    totals->broken = request->r < 0 && request->r != -ECANCELED;
    if (totals->gone) {
        if (request->r == 0 && running_is_awaited(totals))
            running_lend(totals);
        else
            running_finish_gone(totals);
        return;
    }
    totals->refused_bytes = request->r == -E2BIG ? totals->kept.max_bytes : 0;
    if (request->r < 0 || totals->spoilt) {
        running_fail(totals);
        return;
    }
    totals->made = true;
    totals->bytes = running_kept_bytes(&totals->kept);
    running_serve(totals);
    running_trim(engine, engine->settings->totals_bytes);
}

static void read_pages(struct running_totals *totals)
{
    totals->kept.max_bytes = totals->engine->settings->totals_bytes;
    totals->partial = (struct store_partial){.take = running_rows_take, .missing = running_rows_missing};
    totals->scan = (struct store_scan_pages){
        .request = {.kind = STORE_SCAN_PAGES, .done = came},
        .job = totals->job,
        .keys = totals->reading.items,
        .n_keys = totals->reading.n,
        .partial = totals->made || totals->kept.kind != RUNNING_TOTALS ? NULL : &totals->partial,
        .with_labels = running_kept_wants_labels(&totals->kept),
        .page = running_kept_add,
        .finish = running_kept_settle,
        .userdata = &totals->kept,
        .cancelled = totals->engine->draining,
    };
    totals->under_way = true;
    engine_request(totals->engine, &totals->scan.request);
}

void running_read_all(struct running_totals *totals)
{
    /* A job may have no page yet: there is something to lend all the same. */
    if (running_kept_begin(&totals->kept) < 0) {
        running_fail(totals);
        return;
    }
    totals->engine->running.making = true;
    totals->noting = true;
    totals->awaits_row =
        totals->kept.kind == RUNNING_TOTALS && running_rows_is_putting(totals->engine, totals->job);
    if (totals->awaits_row)
        totals->under_way = true;
    else
        read_pages(totals);
}

void running_row_ended(struct engine *engine, uint64_t number)
{
    LIST_FOR_EACH (link, &engine->running.items) {
        struct running_totals *totals = CONTAINER_OF(link, struct running_totals, link);

        if (totals->job != number || !totals->awaits_row)
            continue;
        totals->awaits_row = false;
        read_pages(totals);
    }
}

/* Whether the writer has a page of it, or had it just now and has not been heard of. */
static bool is_being_written(const struct task *task)
{
    return task->outcome.job > 0 && !task->is_refile && outcome_state(task->outcome.outcome) == URL_COUNTED;
}

/* What is left out, as memory is short, is noted later. */
static void look_for_unnoted(const struct running_totals *totals, struct running_keys *keys)
{
    const struct job *job = job_find(totals->engine, totals->job);

    if (!job)
        return;
    LIST_FOR_EACH (link, &job->tasks) {
        const struct task *task = CONTAINER_OF(link, struct task, in_job);

        if (is_being_written(task) && running_keys_add(keys, task_page_host(task), task->seq) < 0)
            return;
    }
}

void running_read_notes(struct running_totals *totals)
{
    totals->reading = totals->notes;
    totals->notes = (struct running_keys){0};
    if (totals->turn) {
        totals->is_fresh = true;
        look_for_unnoted(totals, &totals->reading);
    }
    running_keys_sort(&totals->reading);
    if (totals->reading.n > 0)
        read_pages(totals);
    else
        running_serve(totals);
}
