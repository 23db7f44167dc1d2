/* Which URL starts next, and on which worker. Thread: main. */
#pragma once

#include <stdint.h>

struct engine;
struct host;
struct mail;
struct task;

/* A host that has not answered within this is slow: all slow ones together get three quarters of
 * MaxTransfers=. Who has not answered at all is one of them, and so is who answered before and keeps a
 * transfer waiting for so long. */
#define ENGINE_QUICK_USEC (2 * USEC_PER_SEC)

/* Moves hosts that are due to `ready`, and starts URLs as long as there are slots. */
void dispatch(struct engine *engine);
/* Boottime when a host that is due may start something; 0: now; USEC_NEVER: not known. */
uint64_t dispatch_next_usec(const struct engine *engine);
/* Hands a task over on a slot of the host, and on a connection of the host that it visits, if it does.
 *
 * Of the connections that a host allows, idle ones included, each worker has a fixed share: it never runs
 * more transfers to the host than that, and so never has more connections. A host with few is with few
 * workers. */
void dispatch_start(struct host *host, struct task *task);
/* A worker gave the task back: its slot is free. */
void dispatch_release_slot(struct task *task);
/* deliver() of sent_mail: the request goes out, and the host's delay counts from then. */
void dispatch_note_sent(struct mail *mail, void *receiver);
