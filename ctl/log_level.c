/* log-level: how much the daemon logs. */
#include "ctl/call.h"
#include "ctl/say.h"
#include "wire/messages.h"

int verb_log_level(struct context *context, int argc, char **argv)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    const struct wire_set_log_level_in in = {.level = argv[0]};
    const void *out;

    return call_once(context, WIRE_SET_LOG_LEVEL, &in, &reply, &out);
}
