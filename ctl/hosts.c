/* hosts: the hosts that URLs wait for, and why. */
#include "ctl/hosts.h"

#include "ctl/jobs.h"

#include "ctl/render.h"
#include "ctl/say.h"
#include "wire/messages.h"
#include <string.h>

static const struct render_column columns[] = {
    {"host", "HOST", STYLE_TEXT},
    {"state", "STATE", STYLE_STATE},
    {"delay", "DELAY", STYLE_SPAN},
    {"queued", "WAITING", STYLE_NUMBER},
    {"active", "IN FLIGHT", STYLE_NUMBER},
    {"lastOutcomes", "LAST OUTCOMES", STYLE_TEXT},
    {"reason", "WHY", STYLE_TEXT},
    {0},
};
static const struct render_layout layout = {
    .shape = &wire_hosts_out_shape, .list = "hosts", .columns = columns, .empty = "no hosts"};

int verb_hosts(struct context *context, int argc, char **argv)
{
    struct wire_hosts_in in = {.host = option_text(context, "host")};
    int r;

    if (argc > 0 && !in.host && strpbrk(argv[0], ".:*"))
        in.host = argv[0];
    else if (argc > 0)
        in.job = argv[0];
    r = in.job ? call_check_jobs(context, argc, argv) : 0;
    if (r == 0)
        r = render_begin(context, &layout);
    return r != 0 ? r : call_render(context, WIRE_HOSTS, &in);
}

int hosts_control(struct context *context, enum wire_verb verb, int argc)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    const struct wire_pause_in in = {.host = option_text(context, "host")};
    const void *out;
    int r;

    if (argc > 0)
        return say_usage(context, "jobs or --host, not both");
    r = call_once(context, verb, &in, &reply, &out);
    return r == 0 && context->format != FORMAT_TABLE ? render_reply(context, &jobs_layout, out) : r;
}
