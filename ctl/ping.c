/* ping: whether the daemon answers, and how fast. */
#include "base/clock.h"
#include "ctl/call.h"
#include "ctl/render.h"
#include "wire/messages.h"
#include <stdio.h>

static const struct render_layout layout = {
    .shape = &wire_ping_out_shape, .columns = (const struct render_column[]){{0}}};

int verb_ping(struct context *context, int argc, char **argv)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    uint64_t begin = clock_boottime_usec();
    const struct wire_ping_out *pong;
    const void *out;
    int r = call_once(context, WIRE_PING, NULL, &reply, &out);

    if (r != 0)
        return r;
    if (context->format != FORMAT_TABLE)
        return render_reply(context, &layout, out);
    pong = out;
    printf("urlstatd %s answers within %.1f ms\n", pong->version,
        (double)(clock_boottime_usec() - begin) / 1000);
    return 0;
}
