/* log-level: how much the daemon logs. */
#include "ctl/call.h"
#include "ctl/render.h"
#include "wire/messages.h"

static const struct render_layout layout = {
    .shape = &wire_nothing_shape, .columns = (const struct render_column[]){{0}}};

int verb_log_level(struct context *context, int argc, char **argv)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    const struct wire_set_log_level_in in = {.level = argv[0]};
    const void *out;

    int r = call_once(context, WIRE_SET_LOG_LEVEL, &in, &reply, &out);

    return r == 0 && (context->format == FORMAT_JSON || context->format == FORMAT_JSONL)
        ? render_reply(context, &layout, out)
        : r;
}
