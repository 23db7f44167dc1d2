/* A worker thread: its transfers, and the counting of their bytes as they arrive. It owns a fetcher and the
 * pages that are being counted; it decides nothing. Tasks come by its inbox and go back by the engine's.
 * Thread: main, but for what runs inside. */
#pragma once

#include "base/mailbox.h"
#include "fetch/fetcher.h"
#include <stdbool.h>
#include <stdint.h>

struct task;
struct worker;

/* deliver() of what comes back to main. */
struct worker_replies {
    void (*sent)(
        struct mail *mail, void *receiver); /* sent_mail of a task with is_unsent, if it comes so far */
    void (*returned)(struct mail *mail, void *receiver);        /* a task by its mail */
    void (*cancel_returned)(struct mail *mail, void *receiver); /* a cancel by its cancel_mail, after the task
                                                                   if it had not ended before */
};

/* Starts the thread. Replies go to `mailbox`. Returns 0 or negative errno. */
int worker_new(const struct fetch_settings *settings, unsigned number, struct mailbox *mailbox,
    const struct worker_replies *replies, struct worker **ret);

/* Aborts what runs, which still comes back, and joins the thread. Takes NULL. */
void worker_free(struct worker *worker);

/* Hands a chain of tasks over, linked by their mail. */
void worker_start(struct worker *worker, struct task *task);
void worker_cancel(struct worker *worker, struct task *task);

/* What a worker is told beside its work. It comes back by `returned`, after the worker has done it. The
 * sender's; one at a time of each. */
struct worker_order {
    struct mail mail;
    const struct fetch_settings *settings; /* from now on; must live until it comes back. NULL: as before */
    bool drop_caches;
    void (*returned)(struct mail *mail, void *receiver);
};
void worker_tell(struct worker *worker, struct worker_order *order);

struct worker_counters {
    uint64_t fetched, bytes, tokens;
    /* CLOCK_BOOTTIME of its last turn, or since when it has been waited for; USEC_NEVER while it sleeps for
     * want of work. */
    uint64_t pulse_usec;
};
void worker_get_counters(const struct worker *worker, struct worker_counters *ret);
