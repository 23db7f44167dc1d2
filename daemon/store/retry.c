#include "store/store_change.h"
#include "store/writer.h"

#include <errno.h>

/* A transaction takes back this many outcomes at most. */
#define STEPS_PER_TRANSACTION 5

static bool is_wanted(const struct store_retry *retry, enum outcome outcome)
{
    /* What was counted stays counted. */
    if (outcome_state(outcome) == URL_COUNTED)
        return false;
    if (retry->n_outcomes == 0)
        return outcome_state(outcome) == URL_FAILED || outcome == OUTCOME_CANCELLED;
    for (size_t i = 0; i < retry->n_outcomes; i++)
        if (retry->outcomes[i] == outcome)
            return true;
    return false;
}

static bool wants_unended(const struct store_retry *retry)
{
    return is_wanted(retry, OUTCOME_CANCELLED);
}

static int delete_outcome(struct writer *writer, const struct job *job, uint64_t seq)
{
    struct call call = call_begin(writer->sql, SQL_OUTCOME_DELETE);

    call_u64(&call, job->id);
    call_u64(&call, seq);
    return call_run(&call);
}

/* The URL waits again as it was submitted. */
static int file_again(struct writer *writer, struct job *job, uint64_t seq, const char *host)
{
    uint64_t batch;
    struct call call;
    int r = job_file(job, &writer->jobs.key, host, seq, &batch);

    if (r < 0)
        return r;
    call = call_begin(writer->sql, SQL_REFILE_STORE);
    call_u64(&call, job->id);
    call_u64(&call, seq);
    call_u64(&call, job->last_attempt);
    call_u64(&call, store_partition(host));
    call_text(&call, host);
    call_u64(&call, batch);
    call_text(&call, NULL);
    call_u64(&call, 0);
    call_u64(&call, 0);
    return call_run(&call);
}

static int take_from_host(struct writer *writer, const struct job *job, const char *host, uint64_t https)
{
    struct call call = call_begin(writer->sql, SQL_GIVEN_UP_TAKE);

    call_u64(&call, job->id);
    call_text(&call, host);
    call_u64(&call, https);
    return call_run(&call);
}

/* Takes back what is wanted of the next STORE_STEP_ROWS outcomes. 1 if there may be more. */
static int take_back_some(struct writer *writer, struct job *job, struct store_retry *retry)
{
    struct call call = call_begin(writer->sql, SQL_OUTCOME_RETRIED);
    uint64_t n = 0;
    int r;

    call_u64(&call, job->id);
    call_u64(&call, retry->progress);
    while ((r = call_row(&call)) > 0) {
        enum outcome outcome = (enum outcome)row_u64(&call, 1);
        uint64_t seq = row_u64(&call, 0);
        const char *host;
        size_t length;

        n++;
        retry->progress = seq;
        if (!is_wanted(retry, outcome))
            continue;
        job->body_bytes -= row_u64(&call, 2);
        r = row_text(&call, 3, &host, &length) ? delete_outcome(writer, job, seq) : -ENOMEM;
        if (r >= 0)
            r = file_again(writer, job, seq, host);
        if (r < 0)
            break;
        job_untally(job, outcome, seq);
        retry->retried++;
    }
    call_end(&call);
    return r < 0 ? r : n == STORE_STEP_ROWS;
}

/* Takes back what ended with its host of the next STORE_STEP_ROWS URLs. 1 if there may be more. */
static int take_back_given_up(struct writer *writer, struct job *job, struct store_retry *retry)
{
    struct call call = call_begin(writer->sql, SQL_GIVEN_UP_RETRIED);
    int r;

    call_u64(&call, job->id);
    call_u64(&call, retry->progress_given_up);
    call_u64(&call, retry->progress_given_up + STORE_STEP_ROWS);
    while ((r = call_row(&call)) > 0) {
        enum outcome outcome = (enum outcome)row_u64(&call, 4);
        uint64_t seq = row_u64(&call, 0);
        const char *submitted_host;
        const char *host;
        size_t length;

        if (!is_wanted(retry, outcome))
            continue;
        r = row_text(&call, 1, &submitted_host, &length) && row_text(&call, 2, &host, &length) ? 0 : -ENOMEM;
        if (r >= 0)
            r = take_from_host(writer, job, host, row_u64(&call, 3));
        if (r >= 0)
            r = file_again(writer, job, seq, submitted_host);
        if (r < 0)
            break;
        job_untally(job, outcome, seq);
        retry->retried++;
    }
    call_end(&call);
    retry->progress_given_up += STORE_STEP_ROWS;
    return r < 0 ? r : retry->progress_given_up < job->total;
}

/* Rows that nothing is left of. */
static int drop_given_up(struct writer *writer, struct job *job)
{
    struct call call = call_begin(writer->sql, SQL_GIVEN_UP_DROP);
    int r;

    call_u64(&call, job->id);
    r = call_run(&call);
    if (r >= 0)
        job->n_given_up -= (uint64_t)sqlite3_changes(writer->sql->db);
    return r;
}

/* First what has rows of its own. 1 if there may be more. */
static int take_back(struct writer *writer, struct job *job, struct store_retry *retry)
{
    int r;

    if (retry->progress != UINT64_MAX) {
        r = take_back_some(writer, job, retry);
        if (r == 0)
            retry->progress = UINT64_MAX;
        return r < 0 ? r : r > 0 || job->n_given_up > 0;
    }
    r = take_back_given_up(writer, job, retry);
    return r != 0 ? r : drop_given_up(writer, job);
}

static bool any_wanted(const struct store_retry *retry, const struct job *job)
{
    if (job->state == JOB_CANCELLED && wants_unended(retry) && job_unended(job) > 0)
        return true;
    for (int outcome = 1; outcome <= OUTCOME_MAX; outcome++)
        if (job->tallies[outcome].n > 0 && is_wanted(retry, (enum outcome)outcome))
            return true;
    return false;
}

/* What was left without outcome when the job ended is where it was in the queue, and whatever was on its way
 * for it is not current any more. */
static int revive(struct writer *writer, struct job *job, struct store_retry *retry)
{
    uint64_t rest = 0;
    int r = job->rest > 0 ? job_revive_rest(writer, job, &rest) : 0;

    job->base_attempt = job->last_attempt;
    retry->retried += rest;
    return r;
}

/* Only of a job that has ended: the lanes of one that runs are past those URLs. */
static bool wants_rest(const struct store_retry *retry, const struct job *job)
{
    return (job->state == JOB_DONE || job->state == JOB_CANCELLED) && is_wanted(retry, OUTCOME_EXPIRED);
}

/* Whether every URL without an outcome of its own waits again. What ended by the job's row is told by its
 * attempt, which must not rise while that is to stay so. */
static bool is_revived(const struct store_retry *retry, const struct job *job)
{
    return job->rest > 0 ? wants_rest(retry, job) : job->state == JOB_CANCELLED;
}

static int start(struct writer *writer, struct job *job, struct store_retry *retry)
{
    struct call call;
    int r = 0;

    job->last_attempt++;
    if (job->state == JOB_CANCELLED)
        retry->retried += job_unended(job);
    if (is_revived(retry, job))
        r = revive(writer, job, retry);
    if (r < 0)
        return r;
    /* A job that is paused stays so. */
    if (job->state != JOB_PAUSED)
        job->state = JOB_RUNNING;
    job->finished_usec = 0;
    job->has_totals = false;
    job->changed = true;
    call = call_begin(writer->sql, SQL_TOTALS_DELETE);
    call_u64(&call, job->id);
    r = call_run(&call);
    if (r < 0)
        return r;
    /* Else it would be over again at once. */
    call = call_begin(writer->sql, SQL_JOB_CLEAR_DEADLINE);
    call_u64(&call, job->id);
    return call_run(&call);
}

int write_retry(struct writer *writer, struct store_retry *retry)
{
    struct job *job;
    int r = writer_get_job(writer, retry->job, &job);

    if (r < 0)
        return r;
    if (retry->progress == 0) {
        retry->retried = 0;
        if (!any_wanted(retry, job))
            return 0;
    } else if (job->state == JOB_CANCELLED) {
        return 0;
    }
    /* A job may have ended between two transactions of this. */
    if (retry->progress == 0 || job->state == JOB_DONE)
        r = start(writer, job, retry);
    for (int i = 0; r >= 0 && i < STEPS_PER_TRANSACTION; i++) {
        r = take_back(writer, job, retry);
        if (r <= 0)
            return r;
    }
    return r < 0 ? r : WRITE_MORE;
}
