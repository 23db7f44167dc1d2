/* Why a host is in its state, in one sentence for people. Thread: main. */
#pragma once

#include "engine/host_status.h"

#define HOST_REASON_SIZE 512

void host_reason(const struct engine_host_status *host, char text[static HOST_REASON_SIZE]);
