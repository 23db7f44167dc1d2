#include "engine/space.h"
#include "engine/settings.h"
#include "engine/state.h"
#include "store/store.h"

#include "base/clock.h"
#include <errno.h>

/* How often the disk is looked at while there are jobs. */
#define SPACE_CHECK_USEC (2 * USEC_PER_SEC)

uint64_t space_next_usec(const struct engine *engine)
{
    const struct engine_settings *settings = engine->settings;

    if (settings->min_free_bytes == 0 && settings->max_store_bytes == 0 && engine->space_error == 0)
        return USEC_NEVER;
    return engine->space_checked_usec + SPACE_CHECK_USEC;
}

static int check(const struct engine *engine)
{
    const struct engine_settings *settings = engine->settings;
    struct store_stats stats;

    store_get_stats(engine->store, &stats);
    if (stats.free_bytes < settings->min_free_bytes)
        return -ENOSPC;
    return settings->max_store_bytes > 0 && stats.used_bytes >= settings->max_store_bytes ? -EOVERFLOW : 0;
}

void space_check(struct engine *engine)
{
    uint64_t now = clock_boottime_usec();
    int r;

    if (engine->stopped || now < space_next_usec(engine))
        return;
    engine->space_checked_usec = now;
    engine->space_unchecked = false;
    r = check(engine);
    if (r == -EOVERFLOW)
        retention_make_room(engine);
    if (r == engine->space_error)
        return;
    engine->space_error = r;
    if (engine->store_error == 0 && engine->observer && engine->observer->store_changed)
        engine->observer->store_changed(engine->observer_userdata, r);
}
