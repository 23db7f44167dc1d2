/* retry: fetches URLs that failed once more. */
#include "ctl/call.h"
#include "ctl/jobs.h"
#include "ctl/say.h"
#include "ctl/urls.h"
#include <inttypes.h>

static const char *const fields[] = {"job", "state", "total", "queued", NULL};
static const struct render_column columns[] = {
    {"job", "JOB", STYLE_PLAIN},
    {"name", "NAME", STYLE_TEXT},
    {"state", "STATE", STYLE_STATE},
    {"total", "URLS", STYLE_NUMBER},
    {"queued", "QUEUED", STYLE_NUMBER},
    {0},
};
static const struct render_layout layout = {
    .shape = &wire_retry_out_shape, .list = "jobs", .columns = columns, .fields = fields};

static int check(const struct context *context, const char *const *outcomes, size_t n)
{
    int r = 0;

    for (size_t i = 0; i < n && r == 0; i++)
        r = outcome_check(context, outcomes[i]);
    return r;
}

int verb_retry(struct context *context, int argc, char **argv)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    CLEANUP(freep) const char **outcomes = NULL;
    const struct wire_retry_out *retried;
    struct wire_retry_in in = {.jobs = argc > 0 ? (const char *const *)argv : NULL, .n_jobs = (size_t)argc};
    const void *out;
    int r = call_check_jobs(context, argc, argv);

    if (r == 0)
        r = option_list(context, "outcome", &outcomes, &in.n_outcomes);
    if (r == 0)
        r = check(context, outcomes, in.n_outcomes);
    in.outcomes = outcomes;
    if (r == 0)
        r = call_once(context, WIRE_RETRY, &in, &reply, &out);
    if (r == 0)
        r = render_reply(context, &layout, out);
    if (r != 0)
        return r;
    retried = out;
    say_note(context, "%" PRId64 " URL%s wait%s again", retried->retried, retried->retried == 1 ? "" : "s",
        retried->retried == 1 ? "s" : "");
    return 0;
}
