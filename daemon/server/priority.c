#include "server/change.h"

#include "wire/messages.h"

static int start(struct change *change, uint64_t job, engine_changed done)
{
    return engine_set_priority(change->work.service->settings.engine, job, change->priority, done, change);
}

void serve_priority(struct call *call)
{
    const struct wire_priority_in *in = call_in(call);
    struct change *change;

    if (!service_check_priority(call, in->priority))
        return;
    change = work_new(call, sizeof(*change));
    if (!change)
        return;
    change->verb = "given a priority";
    change->priority = (int32_t)in->priority;
    change->start = start;
    change->finish = change_reply_jobs;
    change_run(change, in->jobs, in->n_jobs);
}
