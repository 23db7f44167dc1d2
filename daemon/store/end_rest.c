#include "store/store_change.h"
#include "store/writer.h"

#include <errno.h>

static int store_rest(struct writer *writer, const struct job *job, const struct store_end_rest *rest)
{
    struct call call = call_begin(writer->sql, SQL_JOB_REST);

    call_u64(&call, job->id);
    call_u64(&call, OUTCOME_EXPIRED);
    call_u64(&call, job->rest_before);
    call_u64(&call, job->rest);
    call_u64(&call, rest->usec);
    call_text(&call, rest->detail);
    return call_run(&call);
}

static int has_deadline(struct writer *writer, const struct job *job)
{
    struct call call = call_begin(writer->sql, SQL_JOB_GET_DEADLINE);
    int r;

    call_u64(&call, job->id);
    r = call_row(&call);
    if (r > 0)
        r = row_u64(&call, 0) != 0;
    call_end(&call);
    return r;
}

int write_end_rest(struct writer *writer, struct store_end_rest *rest)
{
    struct job *job;
    int r = writer_get_job(writer, rest->job, &job);

    if (r >= 0)
        r = has_deadline(writer, job);
    if (r < 0)
        return r;
    if (r == 0 || !job_takes_outcomes(job))
        return -EINVAL;
    rest->n = job_unended(job);
    job->rest += rest->n;
    job->rest_before = job->last_attempt + 1;
    job_tally_many(job, OUTCOME_EXPIRED, rest->n, 0);
    job->state = JOB_DONE;
    job->finished_usec = rest->usec;
    job->changed = true;
    return store_rest(writer, job, rest);
}

int job_revive_rest(struct writer *writer, struct job *job, uint64_t *ret)
{
    struct call call = call_begin(writer->sql, SQL_JOB_REST);

    *ret = job->rest;
    job_untally_many(job, OUTCOME_EXPIRED, job->rest, 0);
    job->rest = job->rest_before = 0;
    call_u64(&call, job->id);
    call_u64(&call, OUTCOME_NONE);
    call_u64(&call, 0);
    call_u64(&call, 0);
    call_u64(&call, 0);
    call_text(&call, NULL);
    return call_run(&call);
}
