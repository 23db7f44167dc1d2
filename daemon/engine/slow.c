#include "engine/slow.h"
#include "base/list.h"
#include "engine/dispatch.h"
#include "engine/host.h"
#include "engine/state.h"
#include "engine/task.h"

#include "base/clock.h"

void slow_watch(struct task *task)
{
    struct engine *engine = task->host->engine;
    const struct rate *rate = task->settings->fetch.rate;

    task->paid_usec = rate ? atomic_load(&rate->paid_usec) : 0;
    list_append(&engine->unanswered, &task->in_unanswered);
}

void slow_forget(struct task *task)
{
    list_remove(&task->in_unanswered);
}

/* Whether it is our own limit of bytes a second that lets nothing come. */
static bool is_held_back(const struct task *task, uint64_t now_usec)
{
    const struct rate *rate = task->settings->fetch.rate;

    return rate && rate_fills_half(rate, task->paid_usec, now_usec - task->started_usec);
}

void slow_find(struct engine *engine, uint64_t now_usec)
{
    /* In the order of their starts: those behind the first young one are younger. */
    LIST_FOR_EACH (link, &engine->unanswered) {
        struct task *task = CONTAINER_OF(link, struct task, in_unanswered);

        if (task->started_usec + ENGINE_QUICK_USEC > now_usec)
            return;
        slow_forget(task);
        if (atomic_load_explicit(&task->is_answered, memory_order_relaxed) || is_held_back(task, now_usec))
            continue;
        host_set_quick(task->host, false);
        host_schedule(task->host);
    }
}

uint64_t slow_next_usec(const struct engine *engine)
{
    if (list_is_empty(&engine->unanswered))
        return USEC_NEVER;
    return CONTAINER_OF(engine->unanswered.next, struct task, in_unanswered)->started_usec +
        ENGINE_QUICK_USEC;
}
