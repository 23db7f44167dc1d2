/* A host as the wire shows it. Thread: main. */
#pragma once

#include "base/arena.h"
#include "engine/host_status.h"
#include "wire/hosts.h"

/* Strings are borrowed from the engine, or made in the arena. 0 or -ENOMEM. */
int host_view(const struct engine_host_status *status, struct arena *arena, struct wire_host *ret);

/* Boottime as an ISO 8601 time; NULL for what is over, 0 and USEC_NEVER. 0 or -ENOMEM. */
int host_view_time(uint64_t boottime_usec, struct arena *arena, const char **ret);
