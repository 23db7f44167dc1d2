/* Deadlines: what has not ended by then ends as OUTCOME_EXPIRED. Thread: main. */
#pragma once

#include "store/store_read.h"
#include <stdint.h>

struct engine;
struct job;
struct lane;
struct store_job_row;

#define EXPIRED_DETAIL "its job's deadline was over"
/* A job has been made from this row. 0 or -ENOMEM. */
int expire_watch(struct job *job, const struct store_job_row *row);
/* It has ended, or is not to end by then. */
void expire_forget(struct job *job);
/* Ends what has not ended by its job's deadline, as much as the store takes. */
void expire_jobs(struct engine *engine);
/* Ends what such a job's lane has in memory, and has it read on; or frees it. */
void expire_lane(struct lane *lane);
uint64_t expire_next_usec(const struct engine *engine);
