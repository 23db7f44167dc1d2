#include "engine/engine.h"
#include "base/heap.h"
#include "base/list.h"
#include "engine/control_change.h"
#include "engine/crew.h"
#include "engine/dispatch.h"
#include "engine/expire.h"
#include "engine/host.h"
#include "engine/job.h"
#include "engine/metrics.h"
#include "engine/result.h"
#include "engine/slow.h"
#include "engine/space.h"
#include "engine/state.h"
#include "engine/submission_private.h"
#include "engine/table.h"
#include "store/store.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

DEFINE_CLEANUP(struct engine *, engine_free)

/* Until when the daemon before this one may have started transfers: its stop, or else just now. */
static uint64_t quiet_since(const struct engine *engine)
{
    uint64_t stopped = store_stopped_usec(engine->store);
    uint64_t since = stopped > 0 ? clock_realtime_usec() - stopped : 0;

    return engine->started_usec > since ? engine->started_usec - since : 0;
}

int engine_new(
    struct engine_settings *settings, struct store *store, struct mailbox *inbox, struct engine **ret)
{
    CLEANUP(engine_freep) struct engine *engine = calloc(1, sizeof(*engine));
    int r;

    if (!engine) {
        engine_settings_unref(settings);
        return -ENOMEM;
    }
    engine_adopt(engine, settings);
    engine->store = store;
    engine->inbox = inbox;
    engine->started_usec = clock_boottime_usec();
    engine->quiet_since_usec = quiet_since(engine);
    metrics_init(&engine->metrics);
    engine->store_retry_usec = USEC_NEVER;
    list_init(&engine->idle_hosts);
    robots_shelves_init(&engine->robots);
    list_init(&engine->unanswered);
    list_init(&engine->unwritten);
    list_init(&engine->fresh_lanes);
    list_init(&engine->expiring);
    list_init(&engine->submissions);
    list_init(&engine->running.items);
    list_init(&engine->running.rows);
    list_init(&engine->retries);
    list_init(&engine->waiting);
    if (getrandom(&engine->random_state, sizeof(engine->random_state), GRND_NONBLOCK) < 0)
        engine->random_state = (unsigned)engine->started_usec;
    r = crew_init(engine);
    if (r == 0)
        r = crew_grow(engine, settings);
    if (r < 0)
        return r;
    *ret = TAKE(engine);
    return 0;
}

static void refused(struct mail *mail, void *receiver)
{
    struct store_request *request = CONTAINER_OF(mail, struct store_request, mail);

    request->done(request, receiver);
}

void engine_request(struct engine *engine, struct store_request *request)
{
    engine->n_requests++;
    if (!engine->stopped) {
        store_submit(engine->store, request);
        return;
    }
    request->r = -ESHUTDOWN;
    request->mail.deliver = refused;
    mailbox_post(engine->inbox, &request->mail);
}

void engine_request_came(struct engine *engine)
{
    engine->n_requests--;
}

void engine_retry_soon(struct engine *engine)
{
    engine->store_retry_usec = clock_boottime_usec() + ENGINE_STORE_RETRY_USEC;
}

static void free_jobs(struct engine *engine)
{
    struct job *job;
    struct job *next_job;

    HASH_ITER (hh, engine->jobs, job, next_job) {
        assert(job->n_active == 0 && job->n_writes == 0);
        LIST_FOR_EACH (link, &job->watches)
            list_remove(link);
        job_free(job);
    }
}

static void free_hosts_and_users(struct engine *engine)
{
    struct host *host;
    struct host *next_host;
    struct user *user;
    struct user *next_user;

    HASH_ITER (hh, engine->hosts, host, next_host)
        host_free(host);
    HASH_ITER (hh, engine->users, user, next_user) {
        HASH_DEL(engine->users, user);
        free(user);
    }
}

void engine_stop(struct engine *engine)
{
    if (!engine || engine->stopped)
        return;
    engine->draining = true;
    running_stop(engine);
    engine->stopped = true;
    crew_stop(engine);
}

void engine_free(struct engine *engine)
{
    if (!engine)
        return;
    engine_stop(engine);
    /* Who still waits for memory is told by the store's refusal. */
    submission_adopt_again(engine);
    control_revive_again(engine);
    while (engine->n_requests > 0 || engine->n_active > 0 || engine->n_orders > 0)
        mailbox_deliver(engine->inbox, engine);
    result_forget_unwritten(engine);
    free_jobs(engine);
    running_deinit(engine);
    free_hosts_and_users(engine);
    heap_deinit(&engine->timers);
    heap_deinit(&engine->deadlines);
    heap_deinit(&engine->ready);
    heap_deinit(&engine->ready_slow);
    host_pause_free(engine);
    crew_deinit(engine);
    engine_settings_unref(engine->settings);
    free(engine);
}

void engine_drain(struct engine *engine)
{
    engine->draining = true;
    running_stop(engine);
    running_keep(engine);
}

bool engine_is_idle(const struct engine *engine)
{
    return engine->n_active == 0 && engine->n_requests == 0 && engine->n_unwritten == 0;
}

uint64_t engine_next_usec(const struct engine *engine)
{
    const struct heap_item *timer = heap_first(&engine->timers);
    uint64_t next = engine->store_retry_usec;

    if ((engine->jobs || engine->space_error < 0 || engine->space_unchecked ||
            store_failure(engine->store) < 0) &&
        space_next_usec(engine) < next)
        next = space_next_usec(engine);
    if (!engine->draining && expire_next_usec(engine) < next)
        next = expire_next_usec(engine);
    if (retention_next_usec(engine) < next)
        next = retention_next_usec(engine);
    if (dispatch_next_usec(engine) < next)
        next = dispatch_next_usec(engine);
    if (slow_next_usec(engine) < next)
        next = slow_next_usec(engine);
    if (timer && timer->key < next && !engine->draining)
        next = timer->key;
    return next;
}

/* What the store, or memory, refused a while ago. */
static void try_again(struct engine *engine)
{
    struct job *job;
    struct job *next;

    result_rewrite(engine);
    host_save_again(engine);
    submission_adopt_again(engine);
    control_revive_again(engine);
    engine->expire_again = !list_is_empty(&engine->expiring);
    HASH_ITER (hh, engine->jobs, job, next) {
        job_load_hosts(job);
        job_finish_if_ended(job);
    }
}

void engine_tick(struct engine *engine)
{
    if (engine->store_retry_usec <= clock_boottime_usec())
        try_again(engine);
    space_check(engine);
    retention_run(engine);
    dispatch(engine);
}

const struct engine_settings *engine_settings(const struct engine *engine)
{
    return engine->settings;
}

struct store *engine_store(const struct engine *engine)
{
    return engine->store;
}
