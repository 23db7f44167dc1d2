/* Jobs go when their time after their end is over, and before it where MaxSize= is reached. Thread: main. */
#pragma once

#include "store/store_change.h"

struct engine;

struct retention {
    struct store_expire expire;
    bool busy;
    bool again;         /* to be asked once more, as something ended meanwhile */
    bool for_room;      /* jobs may go before their time */
    uint64_t next_usec; /* boottime: when the store is to be asked */
};

/* A job has ended, or KeepJobsSec= has changed: when the next one goes may have changed. */
void retention_job_ended(struct engine *engine);
/* Has jobs go that would go later, unless some that went are still being deleted. */
void retention_make_room(struct engine *engine);
/* Asks the store if it is time to. */
void retention_run(struct engine *engine);
uint64_t retention_next_usec(const struct engine *engine);
