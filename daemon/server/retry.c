#include "server/change.h"

#include "server/jobs_reply.h"
#include "store/store_read.h"
#include <errno.h>
#include <stdlib.h>

/* The counts of an import are those of its file's engine and settings, which pages fetched now would mix with
 * others. */
static int start(struct change *change, uint64_t job, engine_changed done)
{
    if (change->work.rows[change->index]->imported)
        return -EOPNOTSUPP;
    return engine_retry(
        change->work.service->settings.engine, job, change->outcomes, change->n_outcomes, done, change);
}

static void reply(void *work)
{
    struct change *change = work;
    struct wire_job *jobs;
    int r = jobs_view(&change->work, &jobs);

    if (r < 0) {
        work_fail(&change->work, r);
        return;
    }
    call_reply(change->work.call,
        &(struct wire_retry_out){.jobs = jobs, .n_jobs = change->work.n_rows, .retried = (int64_t)change->n});
    work_end(&change->work);
}

static void finish(struct change *change)
{
    work_reread(&change->work, reply);
}

/* Only what ended otherwise than counted can be tried again. 0, -EINVAL with the call refused, -ENOMEM. */
static int take_outcomes(struct change *change, const struct wire_retry_in *in)
{
    change->outcomes = calloc(in->n_outcomes + 1, sizeof(*change->outcomes));
    if (!change->outcomes)
        return -ENOMEM;
    for (size_t i = 0; i < in->n_outcomes; i++) {
        if (outcome_from_string(in->outcomes[i], &change->outcomes[i]) < 0) {
            call_refuse(change->work.call, WIRE_INVALID_INPUT, "there is no outcome \"%s\"", in->outcomes[i]);
            return -EINVAL;
        }
        if (outcome_state(change->outcomes[i]) == URL_COUNTED) {
            call_refuse(change->work.call, WIRE_INVALID_INPUT,
                "what ended as \"%s\" is counted and stays so: submit the list anew", in->outcomes[i]);
            return -EINVAL;
        }
    }
    change->n_outcomes = in->n_outcomes;
    return 0;
}

void serve_retry(struct call *call)
{
    const struct wire_retry_in *in = call_in(call);
    struct change *change = work_new(call, sizeof(*change));
    int r;

    if (!change)
        return;
    change->verb = "retried";
    change->start = start;
    change->finish = finish;
    r = take_outcomes(change, in);
    if (r == 0) {
        change_run(change, in->jobs, in->n_jobs);
        return;
    }
    free(TAKE(change->outcomes));
    if (r == -EINVAL)
        work_end(&change->work);
    else
        work_fail(&change->work, r);
}
