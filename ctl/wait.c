/* wait: returns when jobs have ended. */
#include "ctl/jobs.h"
#include "ctl/outcomes.h"
#include "ctl/watch.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>

static int print_jobs(struct context *context, const struct watch_result *result)
{
    CLEANUP(freep) char(*names)[24] = calloc(result->n_jobs, sizeof(*names));
    CLEANUP(freep) const char **jobs = calloc(result->n_jobs, sizeof(*jobs));
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    struct wire_control_in in = {.jobs = jobs, .n_jobs = result->n_jobs};
    const void *out;
    int r;

    if (!names || !jobs)
        return -ENOMEM;
    for (size_t i = 0; i < result->n_jobs; i++) {
        snprintf(names[i], sizeof(names[i]), "%" PRId64, result->jobs[i]);
        jobs[i] = names[i];
    }
    r = call_once(context, WIRE_WAIT, &in, &reply, &out);
    return r != 0 ? r : render_reply(context, &jobs_layout, out);
}

/* For people, what was said on stderr is enough where all went well. */
static int print_outcomes(struct context *context, const struct watch_result *result)
{
    char job[24];
    int r = 0;

    for (size_t i = 0; i < result->n_jobs && r == 0 && !context->quiet; i++) {
        snprintf(job, sizeof(job), "%" PRId64, result->jobs[i]);
        r = outcomes_print(context, job, i > 0);
    }
    return r;
}

int verb_wait(struct context *context, int argc, char **argv)
{
    CLEANUP(watch_result_deinit) struct watch_result result = {0};
    struct watch_options options = {.jobs = (const char *const *)argv, .n_jobs = (size_t)argc};
    int r = call_check_jobs(context, argc, argv), status;

    if (r == 0)
        r = limit_parse(context, &options.limit);
    if (r != 0)
        return r;
    status = watch_jobs(context, &options, &result);
    if ((status != EXIT_DONE && status != EXIT_INCOMPLETE) || result.n_jobs == 0)
        return status;
    r = context->format == FORMAT_TABLE ? print_outcomes(context, &result) : print_jobs(context, &result);
    return r != 0 ? r : status;
}
