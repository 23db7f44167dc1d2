#include "engine/hold.h"

#include "base/clock.h"
#include "engine/engine.h"
#include "engine/result.h"
#include "engine/state.h"
#include <errno.h>

static bool has_too_many_bytes(const struct engine *engine)
{
    const struct rate *rate = engine->settings->fetch.rate;

    return rate && rate_clear_usec(rate) > clock_boottime_usec();
}

static enum engine_hold hold_of_disk(int r)
{
    if (r == -EOVERFLOW)
        return ENGINE_HOLD_SIZE;
    return r == -ENOSPC || r == -EDQUOT ? ENGINE_HOLD_SPACE : ENGINE_HOLD_STORE;
}

static enum engine_hold hold_of_start(const struct engine *engine, enum engine_step step)
{
    const uint32_t max = engine->settings->max_transfers;

    if (has_too_many_bytes(engine))
        return ENGINE_HOLD_BYTES;
    if (engine->n_active >= max)
        return ENGINE_HOLD_TRANSFERS;
    if (step == ENGINE_STEP_START_SLOW && engine->n_slow >= max - max / 4)
        return ENGINE_HOLD_SLOW;
    return ENGINE_HOLD_NONE;
}

enum engine_hold engine_hold(const struct engine *engine, enum engine_step step)
{
    if (engine->draining)
        return ENGINE_HOLD_STOPPING;
    if (engine->store_error != 0)
        return ENGINE_HOLD_STORE;
    if (engine->n_unwritten >= ENGINE_MAX_UNWRITTEN || engine->unwritten_bytes >= ENGINE_MAX_UNWRITTEN_BYTES)
        return ENGINE_HOLD_UNWRITTEN;
    if (engine->space_error != 0)
        return hold_of_disk(engine->space_error);
    if (space_is_used_up(engine))
        return ENGINE_HOLD_SIZE;
    return step >= ENGINE_STEP_START ? hold_of_start(engine, step) : ENGINE_HOLD_NONE;
}

uint64_t engine_hold_until_usec(const struct engine *engine, enum engine_hold hold)
{
    return hold == ENGINE_HOLD_BYTES ? rate_clear_usec(engine->settings->fetch.rate) : USEC_NEVER;
}
