/* The line that `systemctl status` shows. Thread: any. */
#pragma once

#include "engine/engine.h"

enum notify_phase {
    NOTIFY_STARTING,
    NOTIFY_RUNNING,
    NOTIFY_DRAINING,
};

/* "2 jobs running, 1200 URLs queued, 64 active, 310.0 URLs/s". */
#define NOTIFY_MAX_STATUS 256
const char *notify_format_status(
    enum notify_phase phase, const struct engine_status *status, char buffer[static NOTIFY_MAX_STATUS]);
