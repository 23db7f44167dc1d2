#include "server/change.h"

#include "wire/messages.h"
#include <errno.h>

static int start(struct change *change, uint64_t job, engine_changed done)
{
    return engine_remove(change->work.service->settings.engine, job, done, change);
}

static void finish(struct change *change)
{
    struct work *work = &change->work;
    int64_t *removed = arena_allocate(&work->arena, (work->n_rows + 1) * sizeof(*removed));

    if (!removed) {
        work_fail(work, -ENOMEM);
        return;
    }
    for (size_t i = 0; i < work->n_rows; i++)
        removed[i] = (int64_t)work->rows[i]->job;
    call_reply(work->call, &(struct wire_remove_out){.removed = removed, .n_removed = work->n_rows});
    work_end(work);
}

void serve_remove(struct call *call)
{
    const struct wire_remove_in *in = call_in(call);
    struct change *change;

    if (in->before.set) {
        serve_remove_ended(call, in);
        return;
    }
    if (in->name) {
        call_refuse(call, WIRE_INVALID_INPUT, "with a name, `before` says how long ago the jobs ended");
        return;
    }
    if (in->n_jobs == 0) {
        call_refuse(call, WIRE_INVALID_INPUT, "name the jobs to remove: none is not taken for the latest");
        return;
    }
    change = work_new(call, sizeof(*change));
    if (!change)
        return;
    change->verb = "removed";
    change->start = start;
    change->finish = finish;
    change_run(change, in->jobs, in->n_jobs);
}
