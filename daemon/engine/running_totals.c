#include "engine/running_totals.h"

#include "base/array.h"
#include "base/clock.h"
#include "engine/job.h"
#include "engine/running_sum.h"
#include "engine/state.h"
#include "engine/task.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct keys {
    struct store_page_key *items; /* with copies of their hosts */
    size_t n, capacity;
};

struct running_totals {
    struct engine *engine;
    struct list link; /* in running_all.items */
    uint64_t job;
    struct running_sum sum;
    size_t bytes;         /* of it, when it was last ours */
    size_t refused_bytes; /* what was not enough: with no more it is not tried again */
    uint64_t asked_usec;
    struct keys notes;
    struct keys reading; /* by the scan that is under way */
    struct store_scan_pages scan;
    bool under_way;
    bool noting;               /* from before the first scan on */
    bool made;                 /* the first scan is done */
    bool spoilt;               /* a note was lost: forgotten as soon as nobody has it */
    bool gone;                 /* the job is: freed as soon as nobody has it */
    struct running_loan *turn; /* whose it is, or for whom pages are read; NULL: nobody */
    bool is_fresh;             /* what was noted before that one came was read */
    struct running_loan *asking;
    struct list waits;
};

static void keys_deinit(struct keys *keys)
{
    for (size_t i = 0; i < keys->n; i++)
        free((char *)keys->items[i].host);
    free(keys->items);
    *keys = (struct keys){0};
}

static int add_key(struct keys *keys, const char *host, uint64_t seq)
{
    char *copy;
    int r = array_reserve_one(&keys->items, keys->n, &keys->capacity, sizeof(*keys->items));

    if (r < 0)
        return r;
    copy = strdup(host);
    if (!copy)
        return -ENOMEM;
    keys->items[keys->n++] = (struct store_page_key){.host = copy, .seq = seq};
    return 0;
}

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
    running_sum_deinit(&totals->sum);
    keys_deinit(&totals->notes);
    totals->bytes = 0;
    totals->noting = totals->made = totals->spoilt = false;
}

static void refuse(struct running_totals *totals, struct running_loan *loan)
{
    loan->totals = NULL;
    if (totals->asking != loan)
        loan->ready(loan);
}

/* Forgets the sum; who waits for it does without. */
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

static void finish_gone(struct running_totals *totals)
{
    fail(totals);
    free(totals);
}

static void came(struct store_request *request, void *receiver)
{
    struct running_totals *totals = CONTAINER_OF(request, struct running_totals, scan.request);
    struct engine *engine = totals->engine;

    engine_request_came(engine);
    totals->under_way = false;
    keys_deinit(&totals->reading);
    if (!totals->made)
        engine->running.making = false;
    if (totals->gone) {
        finish_gone(totals);
        return;
    }
    totals->refused_bytes = request->r == -E2BIG ? totals->sum.max_bytes : 0;
    if (request->r < 0 || totals->spoilt) {
        fail(totals);
        return;
    }
    totals->made = true;
    totals->bytes = running_sum_bytes(&totals->sum);
    serve(totals);
    running_trim(engine, engine->settings->totals_bytes);
}

static void read_pages(struct running_totals *totals)
{
    totals->sum.max_bytes = totals->engine->settings->totals_bytes;
    totals->scan = (struct store_scan_pages){
        .request = {.kind = STORE_SCAN_PAGES, .done = came},
        .job = totals->job,
        .keys = totals->reading.items,
        .n_keys = totals->reading.n,
        .page = running_sum_add,
        .userdata = &totals->sum,
    };
    totals->under_way = true;
    engine_request(totals->engine, &totals->scan.request);
}

static void read_all(struct running_totals *totals)
{
    /* A job may have no page yet: there are totals all the same. */
    if (counts_totals_new(&totals->sum.totals) < 0) {
        fail(totals);
        return;
    }
    totals->engine->running.making = true;
    totals->noting = true;
    read_pages(totals);
}

/* Whether the writer has a page of it, or had it just now and has not been heard of. */
static bool is_being_written(const struct task *task)
{
    return task->outcome.job > 0 && !task->is_refile && outcome_state(task->outcome.outcome) == URL_COUNTED;
}

/* What is left out, as memory is short, is noted later. */
static void look_for_unnoted(const struct running_totals *totals, struct keys *keys)
{
    const struct job *job = job_find(totals->engine, totals->job);

    if (!job)
        return;
    LIST_FOR_EACH (link, &job->tasks) {
        const struct task *task = CONTAINER_OF(link, struct task, in_job);

        if (is_being_written(task) && add_key(keys, task->outcome.host, task->seq) < 0)
            return;
    }
}

static void read_notes(struct running_totals *totals)
{
    totals->reading = totals->notes;
    totals->notes = (struct keys){0};
    if (totals->turn) {
        totals->is_fresh = true;
        look_for_unnoted(totals, &totals->reading);
    }
    if (totals->reading.n > 0)
        read_pages(totals);
    else
        serve(totals);
}

/* ---- lending ---- */

static void lend(struct running_totals *totals)
{
    struct running_loan *loan = totals->turn;

    loan->lent = totals->sum.totals;
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
    if (!totals->turn) {
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

static struct running_totals *totals_of(struct job *job)
{
    struct running_totals *totals = job->running;

    if (totals)
        return totals;
    totals = calloc(1, sizeof(*totals));
    if (!totals)
        return NULL;
    totals->engine = job->engine;
    totals->job = job->number;
    list_init(&totals->waits);
    list_append(&job->engine->running.items, &totals->link);
    job->running = totals;
    return totals;
}

int running_borrow(struct engine *engine, uint64_t number, struct running_loan *loan)
{
    struct job *job = job_find(engine, number);
    struct running_totals *totals;

    if (!job || engine->draining || engine->settings->totals_bytes == 0)
        return -ENOENT;
    totals = totals_of(job);
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

bool running_is_made(const struct running_totals *totals)
{
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
    return totals->notes.n >= RUNNING_TOTALS_MAX_NOTES ? -E2BIG : add_key(&totals->notes, host, seq);
}

void running_note(struct running_totals *totals, const char *host, uint64_t seq)
{
    if (!totals || !totals->noting || totals->spoilt)
        return;
    if (add_note(totals, host, seq) < 0 ||
        totals->asked_usec + RUNNING_TOTALS_IDLE_USEC < clock_boottime_usec())
        totals->spoilt = true;
    if (!is_idle(totals))
        return;
    if (totals->spoilt)
        forget(totals);
    else
        serve(totals);
}

void running_free(struct running_totals *totals)
{
    if (!totals)
        return;
    list_remove(&totals->link);
    totals->gone = true;
    totals->scan.cancelled = true;
    if (is_idle(totals))
        finish_gone(totals);
}

void running_stop(struct engine *engine)
{
    LIST_FOR_EACH (link, &engine->running.items)
        CONTAINER_OF(link, struct running_totals, link)->scan.cancelled = true;
}
