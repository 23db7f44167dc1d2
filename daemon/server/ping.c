#include "server/service_private.h"

#include "wire/messages.h"

void serve_ping(struct call *call)
{
    const struct service *service = call_context(call);

    call_reply(call, &(struct wire_ping_out){.version = service->settings.version});
}
