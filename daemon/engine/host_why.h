/* What a host does now: the same conditions that the schedule goes by, put into one word. Thread: main. */
#pragma once

#include "engine/host_status.h"

struct host;

/* *ret_next_usec: as in struct engine_host_status. */
enum engine_host_state host_why(const struct host *host, uint64_t *ret_next_usec);

/* The host where one of its origins waits to be asked for its robots.txt; NULL: none does. */
const struct host *host_why_visits(const struct host *host);

/* What holds the daemon back from asking a host like this one. */
enum engine_hold host_why_hold(const struct host *host);
