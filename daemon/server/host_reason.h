/* Why a host is in its state, in one sentence for people. Thread: main. */
#pragma once

#include "engine/host_status.h"

#define HOST_REASON_SIZE 512

/* Why the whole daemon starts nothing, as a clause: "the disk is nearly full ...". */
const char *hold_reason(enum engine_hold hold);

void host_reason(const struct engine_host_status *host, char text[static HOST_REASON_SIZE]);
