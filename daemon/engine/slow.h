/* Which hosts are slow by what has been in flight for too long, rather than by what came back: a host that
 * was quick and answers no more is not quick until a transfer to it ends. Thread: main. */
#pragma once

#include <stdint.h>

struct engine;
struct task;

/* From its start on, until its slot is free. */
void slow_watch(struct task *task);
void slow_forget(struct task *task);
/* A host with a transfer that has waited for its first byte for ENGINE_QUICK_USEC is slow from now on, until
 * it answers. Each transfer tells so once at most. */
void slow_find(struct engine *engine, uint64_t now_usec);
/* Boottime when there may be one; USEC_NEVER: nothing is in flight. */
uint64_t slow_next_usec(const struct engine *engine);
