/* wait: returns when jobs have ended. */
#include "ctl/follow.h"
#include "ctl/jobs.h"
#include "ctl/outcomes.h"

static int print_jobs(struct context *context, const struct waited *waited)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    struct wire_control_in in = {.jobs = waited->names, .n_jobs = waited->n_jobs};
    const void *out;
    int r = call_once(context, WIRE_WAIT, &in, &reply, &out);

    return r != 0 ? r : render_reply(context, &jobs_layout, out);
}

/* For people, what was said on stderr is enough where all went well. */
static int print_outcomes(struct context *context, const struct waited *waited)
{
    int r = 0;

    for (size_t i = 0; i < waited->n_jobs && r == 0 && !context->quiet; i++)
        r = outcomes_print(context, waited->names[i], i > 0);
    return r;
}

int verb_wait(struct context *context, int argc, char **argv)
{
    CLEANUP(waited_deinit) struct waited waited = {0};
    struct follow_options options = {.jobs = (const char *const *)argv, .n_jobs = (size_t)argc};
    int r = call_check_jobs(context, argc, argv), status;

    if (r == 0)
        r = limit_parse(context, &options.limit);
    if (r != 0)
        return r;
    status = follow_jobs(context, &options, &waited);
    if ((status != EXIT_DONE && status != EXIT_INCOMPLETE) || waited.n_jobs == 0)
        return status;
    r = context->format == FORMAT_TABLE ? print_outcomes(context, &waited) : print_jobs(context, &waited);
    return r != 0 ? r : status;
}
