#include "engine/space.h"
#include "engine/engine.h"
#include "engine/state.h"
#include "store/store.h"

#include "base/clock.h"
#include <errno.h>

/* How often the disk is looked at while there are jobs. */
#define SPACE_CHECK_USEC (2 * USEC_PER_SEC)

uint64_t space_next_usec(const struct engine *engine)
{
    return engine->settings->min_free_bytes == 0 ? USEC_NEVER : engine->space_checked_usec + SPACE_CHECK_USEC;
}

void space_check(struct engine *engine)
{
    uint64_t now = clock_boottime_usec();
    struct store_stats stats;
    bool is_low;

    if (engine->stopped || now < space_next_usec(engine))
        return;
    engine->space_checked_usec = now;
    store_get_stats(engine->store, &stats);
    is_low = stats.free_bytes < engine->settings->min_free_bytes;
    if (is_low == engine->is_low)
        return;
    engine->is_low = is_low;
    if (engine->store_error == 0 && engine->observer && engine->observer->store_changed)
        engine->observer->store_changed(engine->observer_userdata, is_low ? -ENOSPC : 0);
}
