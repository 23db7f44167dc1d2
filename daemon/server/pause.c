#include "server/change.h"

#include "wire/messages.h"

static int start(struct change *change, uint64_t job, engine_changed done)
{
    return engine_pause(change->work.service->settings.engine, job, done, change);
}

void serve_pause(struct call *call)
{
    const struct wire_pause_in *in = call_in(call);

    if (in->host && in->jobs)
        call_refuse(call, WIRE_INVALID_INPUT, "jobs or a host, not both");
    else if (in->host)
        host_change_serve(call, in->host, true);
    else
        change_serve(call, in->jobs, in->n_jobs, "paused", start);
}
