#include "engine/running_private.h"

#include "base/clock.h"
#include "engine/job.h"
#include "engine/running_rows.h"
#include "engine/running_waste.h"
#include "engine/state.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

static bool is_lent(const struct running_totals *totals)
{
    return totals->turn && totals->turn->lent;
}

bool running_is_idle(const struct running_totals *totals)
{
    return !totals->under_way && !is_lent(totals);
}

static void drop(struct running_totals *totals)
{
    assert(running_is_idle(totals));
    running_waste(totals->engine, &totals->kept);
    running_keys_deinit(&totals->notes);
    totals->bytes = totals->n_row = 0;
    totals->noting = totals->made = totals->spoilt = totals->broken = false;
}

void running_forget(struct running_totals *totals)
{
    if (totals->made && totals->of && !totals->broken && !totals->gone)
        running_rows_put(totals->engine, totals->job, &totals->kept, totals->n_row);
    drop(totals);
}

static void refuse(struct running_totals *totals, struct running_loan *loan)
{
    loan->totals = NULL;
    if (totals->asking != loan)
        loan->ready(loan);
}

void running_fail(struct running_totals *totals)
{
    struct running_loan *turn = totals->turn;

    totals->turn = NULL;
    running_forget(totals);
    if (turn)
        refuse(totals, turn);
    LIST_FOR_EACH (link, &totals->waits) {
        list_remove(link);
        refuse(totals, CONTAINER_OF(link, struct running_loan, link));
    }
}

bool running_is_old(const struct running_totals *totals)
{
    return totals->asked_usec + RUNNING_TOTALS_IDLE_USEC < clock_boottime_usec();
}

/* What nobody asked for in a long time; and where nothing is left of an ended job, the item itself. */
static void sweep(struct engine *engine)
{
    LIST_FOR_EACH (link, &engine->running.items) {
        struct running_totals *totals = CONTAINER_OF(link, struct running_totals, link);

        if (!running_is_idle(totals) || totals->turn)
            continue;
        if (totals->made && running_is_old(totals))
            running_forget(totals);
        /* What was too large once is remembered, or each question would try again. */
        if (totals->of || totals->made || (totals->refused_bytes > 0 && !running_is_old(totals)))
            continue;
        list_remove(link);
        free(totals);
    }
}

void running_trim(struct engine *engine, size_t max_bytes)
{
    size_t bytes = 0;

    LIST_FOR_EACH (link, &engine->running.items)
        bytes += CONTAINER_OF(link, struct running_totals, link)->bytes;
    LIST_FOR_EACH (link, &engine->running.items) {
        struct running_totals *totals = CONTAINER_OF(link, struct running_totals, link);

        if (bytes <= max_bytes)
            return;
        if (!running_is_idle(totals) || !totals->made)
            continue;
        bytes -= totals->bytes;
        running_forget(totals);
    }
}

void running_drop_all(struct engine *engine)
{
    LIST_FOR_EACH (link, &engine->running.items) {
        struct running_totals *totals = CONTAINER_OF(link, struct running_totals, link);

        if (running_is_idle(totals) && totals->made)
            drop(totals);
    }
}

void running_finish_gone(struct running_totals *totals)
{
    running_fail(totals);
    free(totals);
}

/* ---- lending ---- */

bool running_is_awaited(const struct running_totals *totals)
{
    return totals->made && !totals->spoilt && totals->turn && totals->is_fresh;
}

void running_lend(struct running_totals *totals)
{
    struct running_loan *loan = totals->turn;

    loan->lent = &totals->kept;
    if (totals->asking != loan)
        loan->ready(loan);
}

void running_serve(struct running_totals *totals)
{
    if (!totals->turn && !list_is_empty(&totals->waits)) {
        totals->turn = CONTAINER_OF(totals->waits.next, struct running_loan, link);
        totals->is_fresh = false;
        list_remove(&totals->turn->link);
    }
    if (!totals->turn && totals->engine->draining) {
        running_forget(totals);
    } else if (!totals->turn) {
        if (totals->notes.n >= RUNNING_TOTALS_BATCH)
            running_read_notes(totals);
    } else if (!totals->made) {
        running_read_all(totals);
    } else if (!totals->is_fresh) {
        running_read_notes(totals);
    } else {
        running_lend(totals);
    }
}

static struct running_totals *find(const struct engine *engine, uint64_t number, enum running_kind kind)
{
    LIST_FOR_EACH (link, &engine->running.items) {
        struct running_totals *totals = CONTAINER_OF(link, struct running_totals, link);

        if (totals->job == number && totals->kept.kind == kind)
            return totals;
    }
    return NULL;
}

static struct running_totals *find_or_add(struct engine *engine, uint64_t number, enum running_kind kind)
{
    struct job *job = job_find(engine, number);
    struct running_totals *totals = job ? job->running[kind] : find(engine, number, kind);

    if (totals)
        return totals;
    totals = calloc(1, sizeof(*totals));
    if (!totals)
        return NULL;
    totals->engine = engine;
    totals->job = number;
    totals->kept.kind = kind;
    list_init(&totals->waits);
    list_append(&engine->running.items, &totals->link);
    totals->of = job;
    if (job)
        job->running[kind] = totals;
    return totals;
}

int running_borrow(struct engine *engine, uint64_t number, enum running_kind kind, struct running_loan *loan)
{
    struct running_totals *totals;

    if (engine->draining || engine->settings->totals_bytes == 0)
        return -ENOENT;
    sweep(engine);
    totals = find_or_add(engine, number, kind);
    if (!totals)
        return -ENOMEM;
    if (totals->refused_bytes >= engine->settings->totals_bytes)
        return -E2BIG;
    if (!totals->made && !totals->under_way && engine->running.making)
        return -EBUSY;
    totals->asked_usec = clock_boottime_usec();
    list_remove(&totals->link);
    list_append(&engine->running.items, &totals->link);
    loan->totals = totals;
    loan->lent = NULL;
    list_append(&totals->waits, &loan->link);
    totals->asking = loan;
    if (running_is_idle(totals))
        running_serve(totals);
    totals->asking = NULL;
    if (!loan->totals)
        return -ENOMEM;
    return loan->lent != NULL;
}

bool running_is_made(const struct job *job, enum running_kind kind)
{
    const struct running_totals *totals = job->running[kind];

    return totals && totals->made && !totals->spoilt;
}

void running_give_back(struct running_loan *loan)
{
    struct running_totals *totals = loan->totals;
    bool had = loan->lent;

    loan->totals = NULL;
    loan->lent = NULL;
    if (!totals)
        return;
    if (totals->turn != loan) {
        list_remove(&loan->link);
        return;
    }
    totals->turn = NULL;
    if (!had)
        return;
    if (totals->gone)
        running_finish_gone(totals);
    else if (totals->spoilt)
        running_fail(totals);
    else
        running_serve(totals);
}
