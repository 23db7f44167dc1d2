/* What a task came to: retry, redirect, hold or end, and the way of an end to the store. Thread: main. */
#pragma once

#include "base/outcome.h"

struct engine;
struct lane;
struct mail;
struct task;
struct waiting;

/* Outcomes on their way to the store: beyond it nothing starts. */
#define ENGINE_MAX_UNWRITTEN 8192
#define ENGINE_MAX_UNWRITTEN_BYTES ((size_t)128 * 1024 * 1024)

/* Mail from a worker. */
void result_deliver(struct mail *mail, void *receiver);
void result_deliver_cancel(struct mail *mail, void *receiver);

/* ---- result_write.c ---- */
/* The verdict goes to the store; the task is disposed of when it is durable. */
void result_end(struct task *task, enum outcome outcome);
void result_end_with_detail(struct task *task, enum outcome outcome, const char *detail);
/* The URL ends without having been fetched. Takes `waiting` and `detail`. */
void result_end_unfetched(struct lane *lane, struct waiting *waiting, enum outcome outcome, char *detail);
/* Another host's budget, robots.txt and lane are responsible from here on, durably. Takes `url` and `host`.
 */
void result_refile(struct task *task, char *url, char *host);
/* The task's job and host let go of it. */
void result_dispose(struct task *task);
/* Writes that failed, once more. */
void result_rewrite(struct engine *engine);
/* At the end: they are fetched again after the next start. */
void result_forget_unwritten(struct engine *engine);
/* Fetching is held while the store fails (negative errno), and goes on when it works again (0). */
void result_note_store(struct engine *engine, int r);
