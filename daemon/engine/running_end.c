/* What the rest of the engine tells: pages that came, jobs that go, the daemon's end. */
#include "engine/running_private.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "engine/job.h"
#include "engine/running_rows.h"
#include "engine/state.h"
#include <errno.h>

/* ---- notes ---- */

static int add_note(struct running_totals *totals, const char *host, uint64_t seq)
{
    return totals->notes.n >= RUNNING_TOTALS_MAX_NOTES ? -E2BIG : running_keys_add(&totals->notes, host, seq);
}

static void note(struct running_totals *totals, const char *host, uint64_t seq)
{
    if (!totals->noting || totals->spoilt)
        return;
    if (add_note(totals, host, seq) < 0 || running_is_old(totals))
        totals->spoilt = true;
    if (!running_is_idle(totals))
        return;
    if (totals->spoilt)
        running_forget(totals);
    else
        running_serve(totals);
}

void running_note(struct job *job, const char *host, uint64_t seq)
{
    for (size_t kind = 0; kind < RUNNING_KINDS; kind++)
        if (job->running[kind])
            note(job->running[kind], host, seq);
}

/* ---- the job's end ---- */

static void let_go(struct running_totals *totals)
{
    list_remove(&totals->link);
    totals->gone = true;
    totals->scan.cancelled = !running_is_awaited(totals);
    if (totals->awaits_row) {
        totals->engine->running.making = false;
        totals->under_way = false;
    }
    if (running_is_idle(totals))
        running_finish_gone(totals);
}

void running_leave(struct job *job)
{
    for (size_t kind = 0; kind < RUNNING_KINDS; kind++) {
        if (kind == RUNNING_TOTALS || !job->running[kind])
            continue;
        job->running[kind]->of = NULL;
        job->running[kind] = NULL;
    }
}

void running_free(struct job *job)
{
    for (size_t kind = 0; kind < RUNNING_KINDS; kind++)
        if (job->running[kind])
            let_go(TAKE(job->running[kind]));
}

void running_drop(struct engine *engine, uint64_t number)
{
    LIST_FOR_EACH (link, &engine->running.items) {
        struct running_totals *totals = CONTAINER_OF(link, struct running_totals, link);

        if (totals->job == number && !totals->of)
            let_go(totals);
    }
}

void running_stop(struct engine *engine)
{
    LIST_FOR_EACH (link, &engine->running.items)
        CONTAINER_OF(link, struct running_totals, link)->scan.cancelled = true;
}

void running_keep(struct engine *engine)
{
    const struct list *items = &engine->running.items;

    engine->running.rows_until_usec = clock_boottime_usec() + RUNNING_ROWS_STOP_USEC;
    for (struct list *link = items->previous; link != items; link = link->previous) {
        struct running_totals *totals = CONTAINER_OF(link, struct running_totals, link);

        if (running_is_idle(totals) && totals->made)
            running_forget(totals);
    }
}

void running_deinit(struct engine *engine)
{
    LIST_FOR_EACH (link, &engine->running.items)
        let_go(CONTAINER_OF(link, struct running_totals, link));
}
