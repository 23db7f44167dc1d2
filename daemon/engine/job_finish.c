#include "engine/control_change.h"
#include "engine/job.h"
#include "engine/running_totals.h"
#include "engine/state.h"
#include "engine/watch.h"
#include "store/store.h"
#include "store/store_change.h"
#include "store/store_read.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "counts/totals.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The last steps of a job whose URLs have all ended: total its pages, store the totals with its end. Where
 * somebody asked for totals while it ran, these are they, unless the store refuses them. */
struct finishing {
    struct store_scan_pages scan;
    struct running_loan running;
    struct store_finish finish;
    struct job *job;
    struct counts_totals *totals;
    struct buffer packed;
    char *host;
    bool totals_only; /* the job has ended otherwise */
    bool is_scanned;  /* the pages were read for it */
};

static void free_finishing(struct finishing *finishing)
{
    counts_totals_free(finishing->totals);
    buffer_deinit(&finishing->packed);
    free(finishing->host);
    free(finishing);
}

static void make_totals(struct running_loan *loan);
static void write_finish(struct finishing *finishing);

/* What was kept of the job's pages is not of all of them: they are read. If that is of no use either, as
 * where pages are damaged, whoever asks makes the totals. */
static void make_other_totals(struct finishing *finishing)
{
    buffer_deinit(&finishing->packed);
    if (finishing->is_scanned) {
        write_finish(finishing);
        return;
    }
    running_free(finishing->job);
    make_totals(&finishing->running);
}

/* The job has ended, durably. */
static void finished(struct store_request *request, void *receiver)
{
    struct finishing *finishing = CONTAINER_OF(request, struct finishing, finish.request);
    struct job *job = finishing->job;
    struct engine *engine = job->engine;
    const uint64_t number = job->number;

    engine_request_came(engine);
    if (finishing->finish.refused && (job->phase == PHASE_FINISHING || finishing->totals_only)) {
        make_other_totals(finishing);
        return;
    }
    if (job->phase == PHASE_FINISHING) {
        if (request->r < 0) {
            /* Tried again by the next tick; or some of its URLs were just to be retried, and go on. */
            job->phase = PHASE_RUNNING;
            engine_retry_soon(engine);
            job_schedule_lanes(job);
        } else {
            job_end(job, JOB_DONE);
        }
    }
    free_finishing(finishing);
    job->n_writes--;
    job_release(job);
    control_go_on(engine, number);
    control_begin_retry(engine);
}

static void write_finish(struct finishing *finishing)
{
    const struct buffer *packed = &finishing->packed;
    uint64_t n_pages = 0;

    if (packed->size > 0)
        (void)counts_totals_packed_pages(packed->bytes, packed->size, &n_pages);
    finishing->finish = (struct store_finish){
        .request = {.kind = STORE_FINISH, .done = finished},
        .job = finishing->job->number,
        .totals_only = finishing->totals_only,
        .finished_usec = clock_realtime_usec(),
        .totals = packed->bytes,
        .totals_size = packed->size,
        .n_pages = n_pages,
    };
    engine_request(finishing->job->engine, &finishing->finish.request);
}

/* Reader thread. */
static int total_page(void *userdata, const struct store_page_row *row)
{
    struct finishing *finishing = userdata;

    if (!finishing->host || strcmp(finishing->host, row->host) != 0) {
        free(finishing->host);
        finishing->host = strdup(row->host);
        if (!finishing->host)
            return -ENOMEM;
        counts_totals_next_host(finishing->totals);
    }
    return counts_totals_add(finishing->totals, row->counts, row->counts_size);
}

static int pack_totals(void *userdata)
{
    struct finishing *finishing = userdata;
    const struct running_kept *lent = finishing->running.lent;

    return counts_totals_pack(lent ? lent->sum.totals : finishing->totals, &finishing->packed);
}

/* Totals are a cache: a job whose totals could not be made is as finished. */
static void totalled(struct store_request *request, void *receiver)
{
    struct finishing *finishing = CONTAINER_OF(request, struct finishing, scan.request);

    engine_request_came(finishing->job->engine);
    running_give_back(&finishing->running);
    if (request->r < 0)
        buffer_deinit(&finishing->packed);
    write_finish(finishing);
}

/* With totals that were lent nothing is read: no host is named so. */
static void make_totals(struct running_loan *loan)
{
    struct finishing *finishing = CONTAINER_OF(loan, struct finishing, running);

    finishing->is_scanned = !loan->lent;
    finishing->scan.request = (struct store_request){.kind = STORE_SCAN_PAGES, .done = totalled};
    finishing->scan.job = finishing->job->number;
    finishing->scan.host = loan->lent ? "" : NULL;
    finishing->scan.page = total_page;
    finishing->scan.finish = pack_totals;
    finishing->scan.userdata = finishing;
    engine_request(finishing->job->engine, &finishing->scan.request);
}

static int begin_totals(struct job *job, bool totals_only)
{
    CLEANUP(freep) struct finishing *finishing = calloc(1, sizeof(*finishing));
    struct running_loan *loan;

    if (!finishing || counts_totals_new(&finishing->totals) < 0)
        return -ENOMEM;
    job->n_writes++;
    finishing->job = job;
    finishing->totals_only = totals_only;
    loan = &finishing->running;
    loan->ready = make_totals;
    finishing = NULL;
    if (!running_is_made(job, RUNNING_TOTALS) ||
        running_borrow(job->engine, job->number, RUNNING_TOTALS, loan) != 0)
        make_totals(loan);
    return 0;
}

void job_total(struct job *job)
{
    /* Without them, whoever asks makes them. */
    (void)begin_totals(job, true);
}

void job_finish_if_ended(struct job *job)
{
    const enum job_phase phase = job->phase;

    if (job->ended < job->total || job->n_active > 0 || (phase != PHASE_RUNNING && phase != PHASE_PAUSED))
        return;
    job->phase = PHASE_FINISHING;
    if (begin_totals(job, false) < 0) {
        job->phase = phase;
        engine_retry_soon(job->engine);
    }
}
