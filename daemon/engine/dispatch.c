#include "engine/dispatch.h"
#include "base/heap.h"
#include "base/list.h"
#include "engine/crew.h"
#include "engine/engine.h"
#include "engine/expire.h"
#include "engine/give_up.h"
#include "engine/hold.h"
#include "engine/host.h"
#include "engine/host_visit.h"
#include "engine/job.h"
#include "engine/lane.h"
#include "engine/result.h"
#include "engine/reuse.h"
#include "engine/robots_gate.h"
#include "engine/slow.h"
#include "engine/state.h"
#include "engine/task.h"
#include "engine/watch.h"
#include "engine/worker.h"
#include "store/store.h"
#include "store/store_change.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include <assert.h>
#include <stdlib.h>

/* The host that is next; NULL if none is due, or may start. */
static struct host *next_host(const struct engine *engine)
{
    struct heap_item *quick = heap_first(&engine->ready);
    struct heap_item *slow = heap_first(&engine->ready_slow);

    if (slow && engine_hold(engine, ENGINE_STEP_START_SLOW) != ENGINE_HOLD_NONE)
        slow = NULL;
    if (quick && engine_hold(engine, ENGINE_STEP_START) != ENGINE_HOLD_NONE)
        quick = NULL;
    if (!quick && !slow)
        return NULL;
    return CONTAINER_OF(slow && (!quick || slow->key < quick->key) ? slow : quick, struct host, ready);
}

uint64_t dispatch_next_usec(const struct engine *engine)
{
    if (next_host(engine))
        return 0;
    if (!heap_first(&engine->ready) && !heap_first(&engine->ready_slow))
        return USEC_NEVER;
    return engine_hold_until_usec(engine, engine_hold(engine, ENGINE_STEP_START));
}

/* Higher priority first; then the user, then the job that was served longest ago. */
static bool comes_before(const struct lane *a, const struct lane *b)
{
    if (a->job->priority != b->job->priority)
        return a->job->priority > b->job->priority;
    if (a->job->user != b->job->user)
        return a->job->user->served < b->job->user->served;
    return a->served < b->served;
}

static struct lane *pick_lane(struct host *host, uint64_t now_usec)
{
    struct lane *best = NULL;

    LIST_FOR_EACH (link, &host->lanes) {
        struct lane *lane = CONTAINER_OF(link, struct lane, in_host);

        if (!lane_has_url(lane, now_usec))
            lane_load(lane);
        else if (!best || comes_before(lane, best))
            best = lane;
    }
    return best;
}

static void note_started(struct store_request *request, void *receiver)
{
    struct engine *engine = receiver;

    engine_request_came(engine);
    free(CONTAINER_OF(request, struct store_set_state, request));
}

/* The job's first start. That it is not durable at once costs nothing. */
static void mark_started(struct job *job)
{
    struct store_set_state *request = calloc(1, sizeof(*request));

    if (!request)
        return;
    request->request = (struct store_request){.kind = STORE_SET_STATE, .done = note_started};
    request->job = job->number;
    request->state = JOB_RUNNING;
    job->started = true;
    job->since_usec = clock_boottime_usec();
    engine_request(job->engine, &request->request);
    watch_job_changed(job, JOB_RUNNING, true);
}

/* The host that its connection is to. */
static struct host *target_of(const struct task *task)
{
    return task->visited ? task->visited : task->host;
}

static unsigned n_places(const struct host *host)
{
    const unsigned n_workers = host->engine->settings->n_workers;

    return n_workers < host->n_places ? n_workers : host->n_places;
}

/* Of the host's connections the worker's, which is the so many-th from its home. */
static uint32_t share_of(const struct host *host, unsigned nth)
{
    const unsigned n = n_places(host);

    return (host->policy->connections + n - 1 - nth) / n;
}

/* Of the workers with a connection to spare the one with the fewest transfers to the host. */
static unsigned pick_worker(const struct host *host, uint32_t *ret_share)
{
    const unsigned n = n_places(host);
    unsigned best = n;

    for (unsigned i = 0; i < n; i++) {
        const unsigned worker = (host->home + i) % n;
        const uint32_t share = share_of(host, i);

        if (host->n_in_worker[worker] < share &&
            (best == n || host->n_in_worker[worker] < host->n_in_worker[best])) {
            best = worker;
            *ret_share = share;
        }
    }
    /* The shares are all that is allowed at once, and less is running. */
    assert(best < n);
    return best;
}

void dispatch_start(struct host *host, struct task *task)
{
    struct engine *engine = host->engine;
    struct host *target;
    uint64_t now = clock_boottime_usec();
    unsigned worker;

    task->host = host;
    target = target_of(task);
    worker = pick_worker(target, &task->request.max_host_connections);
    task->started_usec = now;
    task->settings = engine_settings_ref(engine->settings);
    task->request.settings = &task->settings->fetch;
    task->n_mails = 1;
    /* Without a delay it does not matter when a request goes out. */
    task->is_unsent = host_delay_usec(target) > 0;
    target->n_unsent += task->is_unsent;
    target->n_in_worker[worker]++;
    /* A visit is no request to the host itself: what holds that back goes on. */
    if (host->next_start_usec < now + host_delay_usec(host))
        host->next_start_usec = now + host_delay_usec(host);
    host->n_active++;
    host->n_tasks++;
    engine->n_active++;
    engine->n_slow += !host->is_quick;
    engine->n_in_flight[worker]++;
    list_append(&engine->in_flight[worker], &task->in_worker);
    slow_watch(task);
    worker_start(engine->workers[worker], task);
}

static void forget_unsent(struct task *task)
{
    target_of(task)->n_unsent -= task->is_unsent;
    task->is_unsent = false;
}

void dispatch_note_sent(struct mail *mail, void *receiver)
{
    struct task *task = CONTAINER_OF(mail, struct task, sent_mail);
    struct host *target = target_of(task);
    const uint64_t next_usec = task->sent_usec + host_delay_usec(target);

    forget_unsent(task);
    if (target->next_start_usec < next_usec)
        target->next_start_usec = next_usec;
    host_schedule(target);
    dispatch(receiver);
}

void dispatch_release_slot(struct task *task)
{
    struct host *host = task->host;
    struct engine *engine = host->engine;

    for (unsigned i = 0; i < engine->n_workers; i++)
        if (engine->workers[i] == task->worker) {
            engine->n_in_flight[i]--;
            target_of(task)->n_in_worker[i]--;
        }
    forget_unsent(task);
    slow_forget(task);
    list_remove(&task->in_worker);
    engine_settings_unref(TAKE(task->settings));
    crew_shrink(engine);
    host->n_active--;
    engine->n_active--;
    engine->n_slow -= !host->is_quick;
}

static void start_url(struct lane *lane, struct waiting *waiting, struct origin *origin)
{
    struct engine *engine = lane->job->engine;
    struct task *task = task_new(FETCH_PAGE, waiting->url);

    if (!task) {
        lane_again(lane, waiting, clock_boottime_usec() + USEC_PER_SEC);
        return;
    }
    waiting->url = NULL;
    reuse_prepare(task, waiting);
    task->job = lane->job;
    task->lane = lane;
    task->origin = origin;
    task->seq = waiting->seq;
    task->attempt = waiting->attempt;
    task->tries = waiting->tries + 1;
    task->hops = waiting->hops;
    task->has_crossed = waiting->has_crossed;
    task->request.wants_fresh = waiting->wants_fresh;
    waiting_free(waiting);
    lane->n_active++;
    lane->n_tasks++;
    lane->served = lane->job->user->served = ++engine->turn;
    lane->job->n_active++;
    job_add_task(lane->job, task);
    flight_enter(task);
    dispatch_start(lane->host, task);
    if (!lane->job->started)
        mark_started(lane->job);
}

static void start_next(struct host *host, uint64_t now_usec)
{
    enum outcome outcome;
    struct waiting *waiting;
    struct lane *lane;
    char *detail = NULL;

    if (host_is_visited(host) && robots_gate_serve_visitor(host, now_usec))
        return;
    lane = pick_lane(host, now_usec);
    waiting = lane ? lane_take(lane, now_usec) : NULL;
    if (!waiting || reuse_gate(lane, waiting) == REUSE_WAITS)
        return;
    switch (robots_gate(host, waiting, &outcome, &detail)) {
    case GATE_OPEN:
        start_url(lane, waiting, host_origin(host, waiting->url));
        break;
    case GATE_ASKED:
        lane_again(lane, waiting, 0);
        break;
    case GATE_WAITS:
        lane_again(lane, waiting, now_usec + USEC_PER_SEC);
        break;
    case GATE_CLOSED:
        if (outcome == OUTCOME_HOST_FAILED && give_up(lane, waiting)) {
            free(detail);
            break;
        }
        result_end_unfetched(lane, waiting, outcome, detail);
        lane_release(lane);
        break;
    }
}

void dispatch(struct engine *engine)
{
    uint64_t now = clock_boottime_usec();
    struct heap_item *item;
    struct host *host;

    expire_jobs(engine);
    slow_find(engine, now);
    while ((item = heap_first(&engine->timers)) && item->key <= now)
        host_schedule(CONTAINER_OF(item, struct host, timer));
    while ((host = next_host(engine))) {
        host_take_turn(host);
        /* Not the time from above: a retry that became due since then is ready, and must be found so. */
        start_next(host, clock_boottime_usec());
        host_schedule(host);
    }
    reuse_run(engine);
}
