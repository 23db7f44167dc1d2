/* priority: changes what goes first. */
#include "ctl/call.h"
#include "ctl/jobs.h"
#include "ctl/say.h"

static const char *const fields[] = {"job", "state", "priority", NULL};
static const struct render_column columns[] = {
    {"job", "JOB", STYLE_PLAIN},
    {"name", "NAME", STYLE_TEXT},
    {"state", "STATE", STYLE_STATE},
    {"priority", "PRIORITY", STYLE_PLAIN},
    {0},
};
static const struct render_layout layout = {
    .shape = &wire_jobs_out_shape, .list = "jobs", .columns = columns, .fields = fields};

int verb_priority(struct context *context, int argc, char **argv)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    struct wire_priority_in in = {
        .jobs = argc > 0 ? (const char *const *)argv : NULL, .n_jobs = (size_t)argc};
    const void *out;
    int r = option_priority(context, "priority", &in.priority);

    if (r < 0)
        return EXIT_USAGE;
    if (r == 0)
        return say_usage(context, "priority: -p N is missing; urlstatctl priority --help");
    r = call_check_jobs(context, argc, argv);
    if (r == 0)
        r = call_once(context, WIRE_PRIORITY, &in, &reply, &out);
    return r != 0 ? r : render_reply(context, &layout, out);
}
