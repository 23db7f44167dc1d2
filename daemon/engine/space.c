#include "engine/space.h"
#include "engine/settings.h"
#include "engine/state.h"
#include "store/store.h"

#include "base/clock.h"
#include "base/list.h"
#include <errno.h>

/* How often the disk is looked at while there are jobs. */
#define SPACE_CHECK_USEC (2 * USEC_PER_SEC)

uint64_t space_next_usec(const struct engine *engine)
{
    const struct engine_settings *settings = engine->settings;

    if (settings->min_free_bytes == 0 && settings->max_store_bytes == 0 && engine->space_error == 0 &&
        store_failure(engine->store) == 0)
        return USEC_NEVER;
    return engine->space_checked_usec + SPACE_CHECK_USEC;
}

/* ---- a store that cannot be written: first its reader is to see what others write, then it writes ---- */

static void reopened(struct store_request *request, void *receiver)
{
    struct healing *healing = CONTAINER_OF(request, struct healing, reopen.request);
    struct engine *engine = CONTAINER_OF(healing, struct engine, healing);

    engine_request_came(engine);
    healing->busy = false;
    if (request->r < 0)
        return;
    /* Whatever waits for the store has its turn now. */
    engine->space_checked_usec = 0;
    engine->space_unchecked = true;
    engine->store_retry_usec = 0;
}

static void renewed(struct store_request *request, void *receiver)
{
    struct healing *healing = CONTAINER_OF(request, struct healing, renew.request);
    struct engine *engine = CONTAINER_OF(healing, struct engine, healing);

    engine_request_came(engine);
    if (request->r < 0) {
        healing->busy = false;
        return;
    }
    healing->reopen = (struct store_reopen){.request = {.kind = STORE_REOPEN, .done = reopened}};
    engine_request(engine, &healing->reopen.request);
}

static void heal(struct engine *engine)
{
    struct healing *healing = &engine->healing;

    if (store_failure(engine->store) == 0 || healing->busy || engine->draining ||
        !store_may_heal(engine->store))
        return;
    healing->busy = true;
    healing->renew = (struct store_renew){.request = {.kind = STORE_RENEW, .done = renewed}};
    engine_request(engine, &healing->renew.request);
}

/* ---- what holds ---- */

/* What is just being deleted is as good as gone, so that a list that was too long keeps nobody else waiting:
 * but only so much of it, so that the file stays near its limit however often somebody tries. */
bool space_is_used_up(const struct engine *engine)
{
    const uint64_t max = engine->settings->max_store_bytes;
    const uint64_t leaving = store_leaving_bytes(engine->store);
    const uint64_t more = leaving < max / 4 ? leaving : max / 4;

    return max > 0 && store_used_bytes(engine->store) + engine->unwritten_bytes >= max + more;
}

static int check(const struct engine *engine)
{
    const struct engine_settings *settings = engine->settings;
    struct store_stats stats;

    if (store_failure(engine->store) < 0)
        return store_failure(engine->store);
    store_get_stats(engine->store, &stats);
    if (stats.free_bytes < settings->min_free_bytes)
        return -ENOSPC;
    return space_is_used_up(engine) ? -EOVERFLOW : 0;
}

int space_look(struct engine *engine)
{
    int r;

    if (engine->stopped)
        return engine->space_error;
    engine->space_checked_usec = clock_boottime_usec();
    engine->space_unchecked = false;
    heal(engine);
    r = check(engine);
    if (r == -EOVERFLOW)
        retention_make_room(engine);
    if (r == engine->space_error)
        return r;
    engine->space_error = r;
    if (engine->store_error == 0 && engine->observer && engine->observer->store_changed)
        engine->observer->store_changed(engine->observer_userdata, r);
    return r;
}

void space_check(struct engine *engine)
{
    /* How much the store takes is known without asking: a list that was too large is swept in no time. */
    bool is_over = engine->space_error == -EOVERFLOW && !space_is_used_up(engine);

    if (is_over || clock_boottime_usec() >= space_next_usec(engine))
        (void)space_look(engine);
}
