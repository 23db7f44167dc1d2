/* metrics: what the daemon does, for monitoring. */
#include "ctl/call.h"
#include "ctl/render.h"
#include "wire/messages.h"
#include <stdio.h>

static const struct render_layout layout = {
    .shape = &wire_metrics_out_shape, .columns = (const struct render_column[]){{0}}};

int verb_metrics(struct context *context, int argc, char **argv)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    const struct wire_metrics_out *metrics;
    const void *out;
    int r = call_once(context, WIRE_METRICS, NULL, &reply, &out);

    if (r != 0)
        return r;
    if (context->format != FORMAT_TABLE)
        return render_reply(context, &layout, out);
    metrics = out;
    (void)fputs(metrics->text, stdout);
    return 0;
}
