/* Visits: an origin whose robots.txt has moved to another host waits there for its turn, in the order in
 * which they came. The host's own lanes and its visitors take turns. Thread: main. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct host;
struct job;
struct origin;
struct task;

/* The origin waits at the end of those that visit the host, which is another one than its own, unless it
 * waits there already. Nothing of it is due meanwhile. */
void host_visit_wait(struct origin *origin, struct host *visited);
/* Whether nothing of it may start before it had its turn there. */
bool host_visit_is_waiting(const struct origin *origin);
/* No origin of the host waits any more: nobody wants to know. */
void host_visit_leave_all(struct host *host);
bool host_is_visited(const struct host *host);
/* Takes out the visitor whose turn it is, which may be asked for now; NULL if there is none, or if it is the
 * turn of the host's own lanes, one of which is due. */
struct origin *host_visit_next(struct host *visited, uint64_t now_usec);
/* A running job of the first visitor's host; NULL if there is none. */
struct job *host_visit_job(const struct host *visited);

/* The robots.txt of another host that starts now has a place and a start of this one's. */
void host_visit_begin(struct host *host, struct task *task);
/* It has come back, or nothing of it will: frees its place, if it was a visitor. */
void host_visit_end(struct task *task);
