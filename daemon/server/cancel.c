#include "server/change.h"

#include "wire/messages.h"

static int start(struct change *change, uint64_t job, engine_changed done)
{
    return engine_cancel(change->work.service->settings.engine, job, done, change);
}

void serve_cancel(struct call *call)
{
    const struct wire_control_in *in = call_in(call);

    change_serve(call, in->jobs, in->n_jobs, "cancelled", start);
}
