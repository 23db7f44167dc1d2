#include "engine/dispatch.h"
#include "engine/failure.h"
#include "engine/host.h"
#include "engine/result.h"
#include "engine/state.h"
#include "engine/table.h"
#include "store/store.h"
#include "store/store_host.h"

#include "base/clock.h"
#include <errno.h>
#include <string.h>

/* Stored times are CLOCK_REALTIME, schedules CLOCK_BOOTTIME. A clock that was stepped makes a wait at most as
 * long as the longest there is. */
static uint64_t to_realtime(uint64_t boottime_usec, uint64_t now_usec)
{
    return boottime_usec > now_usec ? clock_realtime_usec() + (boottime_usec - now_usec) : 0;
}

static uint64_t to_boottime(uint64_t realtime_usec, uint64_t now_usec)
{
    uint64_t now_realtime = clock_realtime_usec();
    uint64_t left = realtime_usec > now_realtime ? realtime_usec - now_realtime : 0;

    if (left == 0)
        return 0;
    return now_usec + (left < HOLD_MAX_USEC ? left : HOLD_MAX_USEC);
}

/* An origin whose URLs end as host_failed has one parking more than there are. */
static struct store_origin_state origin_state(const struct origin *origin, uint64_t now_usec)
{
    if (origin->state == ORIGIN_CONDEMNED && origin->outcome == OUTCOME_HOST_FAILED)
        return (struct store_origin_state){
            .until_usec = to_realtime(origin->until_usec, now_usec), .parkings = ORIGIN_PARKINGS + 1};
    return (struct store_origin_state){
        .until_usec = to_realtime(origin->hold_until_usec, now_usec),
        .failures = origin->failures,
        .parkings = origin->parkings,
    };
}

static struct store_host_state host_state(const struct host *host)
{
    uint64_t now = clock_boottime_usec();

    return (struct store_host_state){
        .host = host->key,
        .hold_until_usec = to_realtime(host->hold_until_usec, now),
        .holds = host->holds,
        .delay_usec = host->kept_delay_usec,
        .origins = {origin_state(&host->origins[0], now), origin_state(&host->origins[1], now)},
    };
}

static void written(struct store_request *request, void *receiver);

static void write_host(struct host *host)
{
    host->is_unsaved = false;
    host->is_saving = true;
    host->has_row = true;
    host->n_tasks++;
    host->saving = (struct store_put_host){
        .request = {.kind = STORE_PUT_HOST, .done = written},
        .state = host_state(host),
    };
    host_lanes_changed(host);
    engine_request(host->engine, &host->saving.request);
}

static void written(struct store_request *request, void *receiver)
{
    struct host *host = CONTAINER_OF(request, struct host, saving.request);
    struct engine *engine = host->engine;

    engine_request_came(engine);
    host->is_saving = false;
    host->n_tasks--;
    if (request->r == 0) {
        result_note_store(engine, 0);
        if (host->is_unsaved)
            write_host(host);
    } else if (request->r != -ESHUTDOWN) {
        host->is_unsaved = true;
        result_note_store(engine, request->r);
        engine_retry_soon(engine);
    }
    host_schedule(host);
    host_lanes_changed(host);
    dispatch(engine);
}

void host_save(struct host *host)
{
    host->is_unsaved = true;
    if (!host->is_saving)
        write_host(host);
    host_schedule(host);
}

void host_save_again(struct engine *engine)
{
    struct host *host;
    struct host *next;

    HASH_ITER (hh, engine->hosts, host, next)
        if (host->is_unsaved && !host->is_saving)
            write_host(host);
}

void host_keep_delay(struct host *host)
{
    uint64_t delay = host_delay_usec(host);
    uint64_t kept = host->kept_delay_usec;

    if (delay <= host->policy->delay_usec || delay <= kept)
        return;
    /* With room to grow, so that few writes are needed. */
    kept = 2 * delay < host->policy->delay_max_usec ? 2 * delay : host->policy->delay_max_usec;
    host->kept_delay_usec = kept > delay ? kept : delay;
    host_save(host);
}

bool host_forget_state(struct host *host)
{
    if (!host->has_row)
        return true;
    host->holds = 0;
    host->hold_until_usec = host->kept_delay_usec = 0;
    for (size_t i = 0; i < 2; i++)
        host->origins[i].failures = host->origins[i].parkings = 0;
    host_save(host);
    host->has_row = false;
    return false;
}

static void take_origin(struct origin *origin, const struct store_origin_state *state, uint64_t now_usec)
{
    uint64_t until = to_boottime(state->until_usec, now_usec);

    if (state->parkings <= ORIGIN_PARKINGS) {
        origin->hold_until_usec = until;
        origin->failures = state->failures;
        origin->parkings = state->parkings;
    } else if (until > 0) {
        origin->state = ORIGIN_CONDEMNED;
        origin->outcome = OUTCOME_HOST_FAILED;
        origin->until_usec = until;
    }
}

int host_take_state(struct engine *engine, const struct store_host_state *state)
{
    struct host *host = host_get(engine, state->host);
    uint64_t now = clock_boottime_usec();
    uint64_t start;

    if (!host)
        return -ENOMEM;
    host->has_row = true;
    host->hold_until_usec = to_boottime(state->hold_until_usec, now);
    host->holds = state->holds;
    host->kept_delay_usec = state->delay_usec < HOLD_MAX_USEC ? state->delay_usec : HOLD_MAX_USEC;
    start = engine->quiet_since_usec + host->kept_delay_usec;
    if (host->next_start_usec < start)
        host->next_start_usec = start;
    for (size_t i = 0; i < 2; i++)
        take_origin(&host->origins[i], &state->origins[i], now);
    host_lanes_changed(host);
    return 0;
}
