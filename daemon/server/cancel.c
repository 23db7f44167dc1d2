#include "server/change.h"

static int start(struct change *change, uint64_t job, engine_changed done)
{
    return engine_cancel(change->work.service->settings.engine, job, done, change);
}

void serve_cancel(struct call *call)
{
    change_serve(call, "cancelled", start);
}
