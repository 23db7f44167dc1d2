/* What a store goes through: requests of every kind, in most of the situations that they know. */
#pragma once

#include "must.h"

/* One list and what comes of it: outcomes, hosts that are given up, a retry, reuse, removals, reading, a
 * copy. */
void life_of_a_job(struct harness *harness);
/* Lists that come with their outcomes; keys; retries of whatever a job can be retried after; the time that
 * jobs are kept; pages by their keys. */
void life_of_others(struct harness *harness);
