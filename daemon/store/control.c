#include "store/store_change.h"
#include "store/writer.h"

#include <errno.h>

int writer_get_job(struct writer *writer, uint64_t id, struct job **ret)
{
    struct job *job;
    int r = jobs_get(&writer->jobs, writer->sql, id, &job);

    if (r < 0)
        return r;
    if (job->state >= JOB_STATE_OPEN)
        return -ENOENT;
    *ret = job;
    return 0;
}

int write_set_state(struct writer *writer, struct store_set_state *set_state)
{
    struct job *job;
    int r = writer_get_job(writer, set_state->job, &job);

    if (r < 0 || job->state == (int)set_state->state)
        return r;
    /* What ended goes on only by a retry, which says what waits again. */
    if (!job_takes_outcomes(job) || set_state->state == JOB_DONE)
        return -EINVAL;
    job->state = (int)set_state->state;
    job->finished_usec = set_state->state == JOB_CANCELLED ? set_state->finished_usec : 0;
    job->changed = true;
    return 0;
}

static int store_totals(struct writer *writer, struct job *job, const struct store_finish *finish)
{
    struct call call;

    if (!finish->totals)
        return 0;
    call = call_begin(writer->sql, SQL_TOTALS_STORE);
    call_u64(&call, job->id);
    call_blob(&call, finish->totals, finish->totals_size);
    job->has_totals = job->changed = true;
    return call_run(&call);
}

int write_finish(struct writer *writer, struct store_finish *finish)
{
    struct job *job;
    int r = writer_get_job(writer, finish->job, &job);

    finish->refused = false;
    if (r < 0)
        return r;
    if (job->state != JOB_CANCELLED && job_unended(job) > 0)
        return -EINVAL;
    if (finish->totals_only && job_takes_outcomes(job))
        return -EINVAL;
    finish->refused = finish->totals && finish->n_pages != job->counted;
    if (finish->refused)
        return -EINVAL;
    if (job_takes_outcomes(job)) {
        job->state = JOB_DONE;
        job->finished_usec = finish->finished_usec;
        job->changed = true;
        /* Nobody waits in the queue any more, unless a retry takes back what ended with the job. */
        if (job->rest == 0) {
            job->sweep = SWEEP_QUEUE;
            job->sweep_batch = job->next_batch;
            writer->sweep = true;
        }
    }
    r = writer_drop_partial(writer, job);
    return r < 0 ? r : store_totals(writer, job, finish);
}

void writer_drop_job(struct writer *writer, struct job *job)
{
    job->state = JOB_STATE_REMOVED;
    job->sweep = SWEEP_ALL;
    job->changed = true;
    writer->sweep = true;
    writer->dropped += job->stored;
}

int writer_remove_job(struct writer *writer, struct job *job)
{
    struct call call = call_begin(writer->sql, SQL_JOB_CLEAR_DEDUPE);

    writer_drop_job(writer, job);
    call_u64(&call, job->id);
    return call_run(&call);
}

int write_remove(struct writer *writer, struct store_remove *remove)
{
    struct job *job;
    int r = writer_get_job(writer, remove->job, &job);

    return r < 0 ? r : writer_remove_job(writer, job);
}

int write_set_priority(struct writer *writer, struct store_set_priority *set)
{
    struct job *job;
    struct call call;
    int r = writer_get_job(writer, set->job, &job);

    if (r < 0)
        return r;
    call = call_begin(writer->sql, SQL_JOB_PRIORITY);
    call_u64(&call, set->job);
    call_i64(&call, set->priority);
    return call_run(&call);
}
