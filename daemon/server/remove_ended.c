/* Remove by when jobs ended: a step of them a transaction. */
#include "server/change.h"

#include "base/array.h"
#include "base/clock.h"
#include "base/list.h"
#include "store/store_change.h"
#include "wire/messages.h"
#include <errno.h>
#include <stdlib.h>

/* A hundred years. */
#define MAX_BEFORE_SEC 3155760000.0

struct removing {
    struct work work;
    struct store_remove_ended remove;
    int64_t *removed;
    size_t n, capacity;
};

static void release(void *work)
{
    free(((struct removing *)work)->removed);
}

static int take(struct removing *removing)
{
    int r = 0;

    for (size_t i = 0; i < removing->remove.n_jobs && r == 0; i++) {
        r = array_reserve_one(
            &removing->removed, removing->n, &removing->capacity, sizeof(*removing->removed));
        if (r == 0)
            removing->removed[removing->n++] = (int64_t)removing->remove.jobs[i];
    }
    return r;
}

static void came(struct store_request *request, void *receiver)
{
    struct removing *removing = CONTAINER_OF(request, struct removing, remove.request);
    struct work *work = &removing->work;
    int r = request->r;

    if (!work_came_back(work))
        return;
    if (r == 0)
        r = take(removing);
    if (r < 0) {
        work_fail(work, r);
        return;
    }
    removing->remove.after = removing->remove.next_after;
    if (removing->remove.after > 0) {
        work_submit(work, request);
        return;
    }
    call_reply(work->call, &(struct wire_remove_out){.removed = removing->removed, .n_removed = removing->n});
    work_end(work);
}

void serve_remove_ended(struct call *call, const struct wire_remove_in *in)
{
    uint64_t now = clock_realtime_usec();
    struct removing *removing;
    uint64_t before;

    if (in->n_jobs > 0) {
        call_refuse(call, WIRE_INVALID_INPUT, "jobs, or how long ago they ended: not both");
        return;
    }
    /* A number that is none is not between these. */
    if (!(in->before.value >= 0 && in->before.value <= MAX_BEFORE_SEC)) {
        call_refuse(call, WIRE_INVALID_INPUT, "before is in seconds, from 0 to a hundred years");
        return;
    }
    removing = work_new(call, sizeof(*removing));
    if (!removing)
        return;
    before = (uint64_t)(in->before.value * 1e6);
    removing->work.release = release;
    removing->remove = (struct store_remove_ended){
        .request = {.kind = STORE_REMOVE_ENDED, .done = came},
        .uid = call_peer(call)->uid,
        .ended_usec = now > before ? now - before : 0,
    };
    if (work_copy(&removing->work, in->name, &removing->remove.name) < 0)
        work_fail(&removing->work, -ENOMEM);
    else
        work_submit(&removing->work, &removing->remove.request);
}
