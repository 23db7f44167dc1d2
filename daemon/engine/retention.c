#include "engine/retention.h"
#include "engine/settings.h"
#include "engine/state.h"

#include "base/clock.h"
#include "base/list.h"

/* Clocks that are set are noticed within this. */
#define MAX_WAIT_USEC (3600 * USEC_PER_SEC)
/* After an error. */
#define AGAIN_USEC (60 * USEC_PER_SEC)

uint64_t retention_next_usec(const struct engine *engine)
{
    return engine->retention.busy || engine->draining ? USEC_NEVER : engine->retention.next_usec;
}

void retention_job_ended(struct engine *engine)
{
    engine->retention.again = engine->retention.busy;
    engine->retention.next_usec = 0;
    engine->space_unchecked = true;
}

void retention_make_room(struct engine *engine)
{
    engine->retention.for_room = true;
    retention_job_ended(engine);
}

static uint64_t wait_usec(const struct store_expire *expire)
{
    uint64_t now = clock_realtime_usec();

    if (expire->next_usec <= now)
        return 0;
    return expire->next_usec - now < MAX_WAIT_USEC ? expire->next_usec - now : MAX_WAIT_USEC;
}

static void came(struct store_request *request, void *receiver)
{
    struct retention *retention = CONTAINER_OF(request, struct retention, expire.request);
    struct engine *engine = CONTAINER_OF(retention, struct engine, retention);
    const struct store_expire *expire = &retention->expire;
    uint64_t now = clock_boottime_usec();

    engine_request_came(engine);
    retention->busy = false;
    if (request->r < 0) {
        retention->next_usec = now + AGAIN_USEC;
        return;
    }
    for (size_t i = 0; i < expire->n_jobs; i++) {
        running_drop(engine, expire->jobs[i]);
        if (engine->observer && engine->observer->job_expired)
            engine->observer->job_expired(engine->observer_userdata, expire->jobs[i]);
    }
    if (!retention->again && expire->next_usec == 0)
        retention->next_usec = USEC_NEVER;
    else
        retention->next_usec = retention->again ? 0 : now + wait_usec(expire);
    retention->again = false;
}

void retention_run(struct engine *engine)
{
    struct retention *retention = &engine->retention;

    if (engine->stopped || retention_next_usec(engine) > clock_boottime_usec())
        return;
    retention->busy = true;
    retention->expire = (struct store_expire){
        .request = {.kind = STORE_EXPIRE, .done = came},
        .now_usec = clock_realtime_usec(),
        .keep_usec = engine->settings->keep_jobs_usec > 0 ? engine->settings->keep_jobs_usec : USEC_NEVER,
        .for_room = retention->for_room,
    };
    retention->for_room = false;
    engine_request(engine, &retention->expire.request);
}
