/* A list that was committed becomes a job of the engine's. It is on disk by then, whatever comes: where there
 * is no memory to go on with it, it is an orphan, and its client waits until there is, or until the end. */
#include "engine/submission_private.h"

#include "engine/job.h"
#include "engine/state.h"
#include "store/store.h"
#include "store/store_read.h"

#include <errno.h>

static void wait_for_memory(struct engine_submission *submission)
{
    submission->is_orphan = true;
    engine_retry_soon(submission->engine);
}

static int adopt(struct engine_submission *submission, const struct store_job_row *row)
{
    struct job *job = job_new(submission->engine, row);

    if (!job)
        return -ENOMEM;
    job_load_hosts(job);
    job_finish_if_ended(job);
    return 0;
}

void submission_adopt(struct engine_submission *submission)
{
    const struct store_job_row row = {
        .job = submission->commit.job,
        .uid = submission->options.uid,
        .priority = submission->options.priority,
        .max_age_usec = submission->options.max_age_usec,
        .deadline_usec = submission->commit.deadline_usec,
        .state = JOB_QUEUED,
        .counted = submission->is_import ? submission->accepted : 0, /* ended, whichever way */
        .total = submission->accepted,
        .duplicates = submission->duplicates,
    };

    if (submission->engine->stopped || adopt(submission, &row) == 0)
        submission_answer(submission, 0, submission->commit.job, false);
    else
        wait_for_memory(submission);
}

/* What has ended meanwhile needs nothing any more, and what was retried is here already. */
static int adopt_late(struct engine_submission *submission, const struct store_read_jobs *read)
{
    const struct store_job_row *row = read->n_rows == 1 ? read->rows : NULL;

    if (!row || row->state == JOB_DONE || row->state == JOB_CANCELLED ||
        job_find(submission->engine, row->job))
        return 0;
    return adopt(submission, row);
}

static void row_came(struct store_request *request, void *receiver)
{
    struct engine_submission *submission = CONTAINER_OF(request, struct engine_submission, orphan.request);
    int r = request->r;

    submission_request_came(submission);
    if (r == 0)
        r = adopt_late(submission, &submission->orphan);
    store_rows_free(submission->orphan.rows);
    if (r == 0 || r == -ENOENT || submission->engine->stopped)
        submission_answer(submission, 0, submission->commit.job, false);
    else
        wait_for_memory(submission);
}

static struct engine_submission *first_orphan(const struct engine *engine)
{
    LIST_FOR_EACH (link, &engine->submissions) {
        struct engine_submission *submission = CONTAINER_OF(link, struct engine_submission, in_engine);

        if (submission->is_orphan)
            return submission;
    }
    return NULL;
}

/* As the store has them by now: they may have been changed, or removed. */
void submission_adopt_again(struct engine *engine)
{
    struct engine_submission *submission;

    while ((submission = first_orphan(engine))) {
        submission->is_orphan = false;
        submission->orphan = (struct store_read_jobs){
            .request = {.kind = STORE_READ_JOBS, .done = row_came},
            .select = SELECT_NUMBER,
            .number = submission->commit.job,
        };
        engine_submission_request(submission, &submission->orphan.request);
    }
}
