#include "engine/engine.h"

#include "base/clock.h"
#include "engine/crew.h"
#include "engine/dispatch.h"
#include "engine/host.h"
#include "engine/job.h"
#include "engine/retention.h"
#include "engine/robots_gate.h"
#include "engine/space.h"
#include "engine/state.h"
#include "engine/submission_private.h"
#include <errno.h>

/* Whoever started last did so one delay before the next may: what counts is the delay that holds now. */
static void change_delay(struct host *host, uint64_t old_usec)
{
    uint64_t last = host->next_start_usec > old_usec ? host->next_start_usec - old_usec : 0;

    if (host->next_start_usec > 0)
        host->next_start_usec = clock_add(last, host_delay_usec(host));
}

static void judge_hosts(struct engine *engine)
{
    struct host *host;
    struct host *next;

    HASH_ITER (hh, engine->hosts, host, next) {
        uint64_t delay = host_delay_usec(host);

        host->policy = engine_settings_policy(engine->settings, host->key);
        change_delay(host, delay);
        robots_gate_forgive(host);
        host_keep_delay(host);
        host_schedule(host);
    }
}

/* More may be in memory than before. */
static void load_hosts(struct engine *engine)
{
    struct job *job;
    struct job *next;

    HASH_ITER (hh, engine->jobs, job, next)
        job_load_hosts(job);
}

void engine_adopt(struct engine *engine, struct engine_settings *settings)
{
    /* The limit stays what it is for those who were told of it; they are told next that there is none. */
    if (settings->max_bytes_per_sec > 0)
        atomic_store(&engine->rate.bytes_per_sec, settings->max_bytes_per_sec);
    settings->fetch.rate = settings->max_bytes_per_sec > 0 ? &engine->rate : NULL;
    engine->settings = settings;
}

int engine_reload(
    struct engine *engine, struct engine_settings *settings, void (*done)(void *userdata), void *userdata)
{
    struct engine_settings *old = engine->settings;
    int r = engine->stopped ? -ESHUTDOWN : crew_grow(engine, settings);

    if (r < 0) {
        engine_settings_unref(settings);
        return r;
    }
    engine_adopt(engine, settings);
    r = crew_tell_settings(engine, done, userdata);
    if (r < 0) {
        engine_adopt(engine, old);
        crew_shrink(engine);
        engine_settings_unref(settings);
        return r;
    }
    judge_hosts(engine);
    load_hosts(engine);
    engine_settings_unref(old);
    crew_shrink(engine);
    engine->space_checked_usec = 0;
    space_check(engine);
    retention_job_ended(engine);
    running_trim(engine, settings->totals_bytes);
    submission_shrink(engine);
    dispatch(engine);
    return 0;
}

void engine_drop_caches(struct engine *engine)
{
    if (engine->stopped)
        return;
    host_forget_idle(engine);
    running_drop_all(engine);
    /* Without memory for the message: those who are told next time do it then. */
    (void)crew_tell_to_drop_caches(engine);
}
