#include "server/host_view.h"

#include "base/clock.h"
#include "server/host_reason.h"
#include "server/view.h"
#include <errno.h>
#include <string.h>

static const char *delay_from(enum engine_delay_cause cause)
{
    switch (cause) {
    case ENGINE_DELAY_CONFIGURED:
        return "configured";
    case ENGINE_DELAY_ROBOTS:
        return "robots";
    case ENGINE_DELAY_LATENCY:
        return "latency";
    }
    return "";
}

int host_view_time(uint64_t boottime_usec, struct arena *arena, const char **ret)
{
    uint64_t now = clock_boottime_usec();

    *ret = NULL;
    if (boottime_usec == USEC_NEVER || boottime_usec <= now)
        return 0;
    return view_time(clock_realtime_usec() + (boottime_usec - now), arena, ret);
}

/* NULL if there are none. */
static int view_outcomes(const struct engine_host_status *status, struct arena *arena, const char **ret)
{
    char text[256] = "";
    size_t length = 0;

    for (size_t i = 0; i < ENGINE_RECENT_OUTCOMES && status->recent[i] != OUTCOME_NONE; i++) {
        const char *name = outcome_to_string(status->recent[i]);

        if (length + strlen(name) + 2 > sizeof(text))
            break;
        if (length > 0)
            text[length++] = ' ';
        strcpy(text + length, name);
        length += strlen(name);
    }
    *ret = length > 0 ? arena_copy(arena, text) : NULL;
    return length > 0 && !*ret ? -ENOMEM : 0;
}

int host_view(const struct engine_host_status *status, struct arena *arena, struct wire_host *ret)
{
    char reason[HOST_REASON_SIZE];
    int r;

    host_reason(status, reason);
    *ret = (struct wire_host){
        .host = status->host,
        .state = engine_host_state_to_string(status->state),
        .delay = view_seconds(status->delay_usec),
        .delay_from = delay_from(status->delay_cause),
        .queued = (int64_t)status->queued,
        .active = status->active,
        .connections = status->connections,
        .refusals = status->refusals,
        .failures = status->failures,
        .reason = arena_copy(arena, reason),
        .parkings = status->parkings,
        .paused_by = status->paused_by,
        .rule = status->rule,
        .rule_from = status->rule_from,
    };
    if (!ret->reason)
        return -ENOMEM;
    if (status->latency_usec > 0)
        ret->latency = wire_some_float(view_seconds(status->latency_usec));
    r = host_view_time(status->next_usec, arena, &ret->next);
    return r < 0 ? r : view_outcomes(status, arena, &ret->last_outcomes);
}
