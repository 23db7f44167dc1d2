#include "server/change.h"

static int start(struct change *change, uint64_t job, engine_changed done)
{
    return engine_resume(change->work.service->settings.engine, job, done, change);
}

void serve_resume(struct call *call)
{
    change_serve(call, "resumed", start);
}
