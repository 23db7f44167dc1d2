/* Pages that were counted before: fresh ones end without a fetch, others are asked for with their validators,
 * and what is in flight for another job is waited for. Thread: main. */
#pragma once

#include "store/store_read.h"
#include <stdbool.h>

struct engine;
struct job;
struct lane;
struct task;
struct waiting;

/* A look-up, or another job's fetch, is waited for so long; then the URL goes on without. */
#define REUSE_MAX_WAIT_USEC (60 * USEC_PER_SEC)

enum reuse_gate {
    REUSE_FETCH, /* it is to be fetched */
    REUSE_WAITS, /* it was put back, or will end without a fetch */
};
/* May pages of this job come from what was counted before? */
bool reuse_is_wanted(const struct job *job);
struct store_reuse_rule reuse_rule(const struct job *job);
/* What the store knows of a URL in the lane's window. A fresh one leaves the window. Returns 0 or -ENOMEM. */
int reuse_take_row(struct lane *lane, struct waiting *waiting, const struct store_known *row);
/* What a look-up found. If it is fresh, it will end without a fetch. Returns 0 or -ENOMEM. */
int reuse_take_known(struct lane *lane, struct waiting *waiting, const struct store_known *row);
/* Ends the fresh URLs of running jobs, as far as the store can take them. */
void reuse_run(struct engine *engine);
/* Of a URL that was taken to be started. */
enum reuse_gate reuse_gate(struct lane *lane, struct waiting *waiting);
/* Gives its request the validators; takes what is known. */
void reuse_prepare(struct task *task, struct waiting *waiting);
/* Is the 304, which was asked for, one of the page that is known? */
bool reuse_is_confirmed(const struct task *task);
/* Was it refused for what was asked with it? RFC 9110 13.1.2 has no 412 for GET, but servers do. */
bool reuse_is_refused(const struct task *task);
/* The page that the task relied on is of no use: the URL waits again, and is asked for without validators. */
void reuse_fetch_anew(struct task *task);

/* ---- look_up.c ---- */
/* Asks the store what it knows of the URL, which waits on its lane until then. */
void look_up(struct lane *lane, struct waiting *waiting);

/* ---- flight.c ---- */
/* The task's URL is being fetched; other jobs may wait for what comes of it, until it leaves. Without memory
 * for it, nobody does. */
void flight_enter(struct task *task);
void flight_leave(struct task *task);
/* True if the URL is in flight for a job that this one may read, which would make it fresh: it is put back,
 * and looked up when that fetch has ended. Once: if it came to nothing, the URL is fetched by itself. */
bool flight_wait(struct lane *lane, struct waiting *waiting);
