#include "engine/running_totals.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "engine/job.h"
#include "engine/running_keys.h"
#include "engine/running_rows.h"
#include "engine/running_waste.h"
#include "engine/state.h"
#include "engine/task.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

struct running_totals {
    struct engine *engine;
    struct list link; /* in running_all.items */
    struct job *of;   /* whose `running` has it; NULL: the job has ended */
    uint64_t job;
    struct running_kept kept;
    size_t bytes;         /* of it, when it was last ours */
    size_t refused_bytes; /* what was not enough: with no more it is not tried again */
    uint64_t asked_usec;
    uint64_t n_row; /* pages that the job's row in the store tells of, as far as is known */
    struct store_partial partial;
    struct running_keys notes;
    struct running_keys reading; /* by the scan that is under way */
    struct store_scan_pages scan;
    bool under_way;
    bool awaits_row;           /* which is on its way to the store: then pages are read */
    bool noting;               /* from before the first scan on */
    bool made;                 /* the first scan is done */
    bool spoilt;               /* a note was lost: forgotten as soon as nobody has it */
    bool broken;               /* a page was added in part */
    bool gone;                 /* the job is: freed as soon as nobody has it */
    struct running_loan *turn; /* whose it is, or for whom pages are read; NULL: nobody */
    bool is_fresh;             /* what was noted before that one came was read */
    struct running_loan *asking;
    struct list waits;
};

static bool is_lent(const struct running_totals *totals)
{
    return totals->turn && totals->turn->lent;
}

static bool is_idle(const struct running_totals *totals)
{
    return !totals->under_way && !is_lent(totals);
}

static void forget(struct running_totals *totals)
{
    assert(is_idle(totals));
    if (totals->made && totals->of && !totals->broken && !totals->gone)
        running_rows_put(totals->engine, totals->job, &totals->kept, totals->n_row);
    running_waste(totals->engine, &totals->kept);
    running_keys_deinit(&totals->notes);
    totals->bytes = totals->n_row = 0;
    totals->noting = totals->made = totals->spoilt = totals->broken = false;
}

static void refuse(struct running_totals *totals, struct running_loan *loan)
{
    loan->totals = NULL;
    if (totals->asking != loan)
        loan->ready(loan);
}

/* Forgets what is kept; who waits for it does without. */
static void fail(struct running_totals *totals)
{
    struct running_loan *turn = totals->turn;

    totals->turn = NULL;
    forget(totals);
    if (turn)
        refuse(totals, turn);
    LIST_FOR_EACH (link, &totals->waits) {
        list_remove(link);
        refuse(totals, CONTAINER_OF(link, struct running_loan, link));
    }
}

static bool is_old(const struct running_totals *totals)
{
    return totals->asked_usec + RUNNING_TOTALS_IDLE_USEC < clock_boottime_usec();
}

/* What nobody asked for in a long time; and where nothing is left of an ended job, the item itself. */
static void sweep(struct engine *engine)
{
    LIST_FOR_EACH (link, &engine->running.items) {
        struct running_totals *totals = CONTAINER_OF(link, struct running_totals, link);

        if (!is_idle(totals) || totals->turn)
            continue;
        if (totals->made && is_old(totals))
            forget(totals);
        /* What was too large once is remembered, or each question would try again. */
        if (totals->of || totals->made || (totals->refused_bytes > 0 && !is_old(totals)))
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
        if (!is_idle(totals) || !totals->made)
            continue;
        bytes -= totals->bytes;
        forget(totals);
    }
}

/* ---- reading pages ---- */

static void serve(struct running_totals *totals);
static void lend(struct running_totals *totals);

/* Somebody is next, and needs but these pages. */
static bool is_awaited(const struct running_totals *totals)
{
    return totals->made && !totals->spoilt && totals->turn && totals->is_fresh;
}

static void finish_gone(struct running_totals *totals)
{
    fail(totals);
    free(totals);
}

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
        if (request->r == 0 && is_awaited(totals))
            lend(totals);
        else
            finish_gone(totals);
        return;
    }
    totals->refused_bytes = request->r == -E2BIG ? totals->kept.max_bytes : 0;
    if (request->r < 0 || totals->spoilt) {
        fail(totals);
        return;
    }
    totals->made = true;
    totals->bytes = running_kept_bytes(&totals->kept);
    serve(totals);
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

static void read_all(struct running_totals *totals)
{
    /* A job may have no page yet: there is something to lend all the same. */
    if (running_kept_begin(&totals->kept) < 0) {
        fail(totals);
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

static void read_notes(struct running_totals *totals)
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
        serve(totals);
}

/* ---- lending ---- */

static void lend(struct running_totals *totals)
{
    struct running_loan *loan = totals->turn;

    loan->lent = &totals->kept;
    if (totals->asking != loan)
        loan->ready(loan);
}

/* Nobody has it: whose turn is it, and what is to be read first? */
static void serve(struct running_totals *totals)
{
    if (!totals->turn && !list_is_empty(&totals->waits)) {
        totals->turn = CONTAINER_OF(totals->waits.next, struct running_loan, link);
        totals->is_fresh = false;
        list_remove(&totals->turn->link);
    }
    if (!totals->turn && totals->engine->draining) {
        forget(totals);
    } else if (!totals->turn) {
        if (totals->notes.n >= RUNNING_TOTALS_BATCH)
            read_notes(totals);
    } else if (!totals->made) {
        read_all(totals);
    } else if (!totals->is_fresh) {
        read_notes(totals);
    } else {
        lend(totals);
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
    if (is_idle(totals))
        serve(totals);
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
        finish_gone(totals);
    else if (totals->spoilt)
        fail(totals);
    else
        serve(totals);
}

/* ---- notes ---- */

static int add_note(struct running_totals *totals, const char *host, uint64_t seq)
{
    return totals->notes.n >= RUNNING_TOTALS_MAX_NOTES ? -E2BIG : running_keys_add(&totals->notes, host, seq);
}

static void note(struct running_totals *totals, const char *host, uint64_t seq)
{
    if (!totals->noting || totals->spoilt)
        return;
    if (add_note(totals, host, seq) < 0 || is_old(totals))
        totals->spoilt = true;
    if (!is_idle(totals))
        return;
    if (totals->spoilt)
        forget(totals);
    else
        serve(totals);
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
    totals->scan.cancelled = !is_awaited(totals);
    if (totals->awaits_row) {
        totals->engine->running.making = false;
        totals->under_way = false;
    }
    if (is_idle(totals))
        finish_gone(totals);
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

        if (is_idle(totals) && totals->made)
            forget(totals);
    }
}

void running_deinit(struct engine *engine)
{
    LIST_FOR_EACH (link, &engine->running.items)
        let_go(CONTAINER_OF(link, struct running_totals, link));
}
