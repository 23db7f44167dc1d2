/* Which URL starts next, and on which worker. Thread: main. */
#pragma once

#include <stdint.h>

struct engine;
struct host;
struct task;

/* A host that has not answered within this is slow: all slow ones together get three quarters of
 * MaxTransfers=. Who has not answered at all is one of them. */
#define ENGINE_QUICK_USEC (2 * USEC_PER_SEC)

/* Moves hosts that are due to `ready`, and starts URLs as long as there are slots. */
void dispatch(struct engine *engine);
/* Boottime when a host that is due may start something; 0: now; USEC_NEVER: not known. */
uint64_t dispatch_next_usec(const struct engine *engine);
/* Hands a task over on a slot of the host. */
void dispatch_start(struct host *host, struct task *task);
/* A worker gave the task back: its slot is free. */
void dispatch_release_slot(struct task *task);
