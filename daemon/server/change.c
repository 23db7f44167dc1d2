#include "server/change.h"

#include "server/jobs_reply.h"
#include "store/store_read.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

static void change_next(struct change *change);

static void release(void *work)
{
    struct change *change = work;

    free(change->outcomes);
}

static void refuse_state(struct change *change, const struct store_job_row *row, const char *message)
{
    call_error(change->work.call, WIRE_WRONG_STATE,
        &(struct wire_error_parameters){
            .number = (int64_t)row->job, .state = store_job_state_to_string(row->state), .message = message});
    work_end(&change->work);
}

static void refuse_imported(struct change *change)
{
    const struct store_job_row *row = change->work.rows[change->index];
    char message[128];

    (void)snprintf(message, sizeof(message),
        "job %lu was imported and stays as its file has it: submit what is to be fetched as a list",
        (unsigned long)row->job);
    refuse_state(change, row, message);
}

static bool has_ended(const struct store_job_row *row)
{
    return row->state == JOB_DONE || row->state == JOB_CANCELLED;
}

/* The rows are as they were after the refusal, or later: a retry may have come in between, and then the job
 * is asked again. */
static void refused_row_came(void *work)
{
    struct change *change = work;
    const struct store_job_row *row = NULL;
    char message[128];

    for (size_t i = 0; i < change->work.n_rows; i++)
        if (change->work.rows[i]->job == change->refused)
            row = change->work.rows[change->index = i];
    if (!row) {
        work_fail(&change->work, -ENOENT);
        return;
    }
    if (!has_ended(row)) {
        change_next(change);
        return;
    }
    (void)snprintf(message, sizeof(message), "job %lu is %s and cannot be %s", (unsigned long)row->job,
        store_job_state_to_string(row->state), change->verb);
    refuse_state(change, row, message);
}

/* That a job is already as it was asked to be is no error: asking twice does no harm. Only a job that has
 * ended refuses, and it may have done so since its row was read. */
static void take(struct change *change, int r, uint64_t n)
{
    if (r == -EINVAL) {
        change->refused = change->work.rows[change->index]->job;
        work_reread(&change->work, refused_row_came);
    } else if (r == -EOPNOTSUPP) {
        refuse_imported(change);
    } else if (r < 0 && r != -EALREADY) {
        work_fail(&change->work, r);
    } else {
        change->n += n;
        change->index++;
        change_next(change);
    }
}

static void changed(void *userdata, int r, uint64_t n)
{
    struct change *change = userdata;

    if (work_came_back(&change->work))
        take(change, r, n);
}

static void change_next(struct change *change)
{
    int r;

    if (change->index >= change->work.n_rows) {
        change->finish(change);
        return;
    }
    work_sends(&change->work);
    r = change->start(change, change->work.rows[change->index]->job, changed);
    if (r < 0 && work_came_back(&change->work))
        take(change, r, 0);
}

static void found(void *work)
{
    change_next(work);
}

void change_run(struct change *change, const char *const *jobs, size_t n_jobs)
{
    change->work.release = release;
    work_find(&change->work, jobs, n_jobs, WORK_TO_CHANGE, found);
}

static void reread(void *work)
{
    jobs_reply(work);
}

void change_reply_jobs(struct change *change)
{
    work_reread(&change->work, reread);
}

void change_serve(struct call *call, const char *const *jobs, size_t n_jobs, const char *verb,
    int (*start)(struct change *change, uint64_t job, engine_changed done))
{
    struct change *change = work_new(call, sizeof(*change));

    if (!change)
        return;
    change->verb = verb;
    change->start = start;
    change->finish = change_reply_jobs;
    change_run(change, jobs, n_jobs);
}
