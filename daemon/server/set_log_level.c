#include "server/service_private.h"

#include "base/log.h"
#include "wire/messages.h"

void serve_set_log_level(struct call *call)
{
    const struct wire_set_log_level_in *in = call_in(call);
    const struct peer *peer = call_peer(call);
    int before = log_level();
    int level = before;

    if (!service_may_administer(peer)) {
        call_refuse(
            call, WIRE_NOT_PERMITTED, "the log level is for root and the daemon's own user to change");
        return;
    }
    if (log_level_from_string(in->level, &level) < 0) {
        call_refuse(call, WIRE_INVALID_INPUT, "\"%.100s\" is none of debug, info, notice, warning and err",
            in->level);
        return;
    }
    /* Seen by whoever is to see less, or more, from now on. */
    log_set_level(LOG_NOTICE > level ? LOG_NOTICE : level);
    log_notice("log level %s, it was %s: by uid %u", log_level_to_string(level), log_level_to_string(before),
        (unsigned)peer->uid);
    log_set_level(level);
    call_reply(call, NULL);
}
