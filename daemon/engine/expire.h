/* Deadlines: what has not ended by then ends as OUTCOME_EXPIRED. Thread: main. */
#pragma once

#include "store/store_read.h"
#include <stdint.h>

struct engine;
struct job;
struct store_job_row;

/* A job has been made from this row. 0 or -ENOMEM. */
int expire_watch(struct job *job, const struct store_job_row *row);
/* It has ended, or is not to end by then. */
void expire_forget(struct job *job);
/* Ends the jobs whose deadline is over. */
void expire_jobs(struct engine *engine);
uint64_t expire_next_usec(const struct engine *engine);
