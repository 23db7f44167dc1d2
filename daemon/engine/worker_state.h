/* What a worker is made of, shared by the file of its thread and the file of its transfers. */
#pragma once

#include "base/mailbox.h"
#include "engine/worker.h"
#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct body;

struct worker {
    unsigned number;
    struct mailbox inbox;
    struct mailbox *mailbox; /* main's */
    struct worker_replies replies;
    struct fetcher *fetcher;
    int epoll_fd;
    pthread_t thread;
    struct mail stop_mail;

    /* The thread's own. */
    bool stop;
    struct body *spare_bodies;
    size_t n_spare_bodies;
    struct mail *reply_first, **reply_last; /* collected during a turn, posted at its end */

    _Atomic uint64_t fetched, bytes, tokens, pulse_usec;
};

/* Its task or its order goes back to main at the end of the turn. Thread: the worker's. */
void worker_reply(struct worker *worker, struct mail *mail);

/* ---- worker_transfer.c ---- */
/* What the fetcher tells of the task's request comes to the task's worker, which counts the bytes and replies
 * with the result. To be called before the task is handed over. Thread: main. */
void worker_listen(struct task *task);
/* Frees the bodies that are kept for reuse. Thread: the worker's, or main once that has ended. */
void worker_drop_bodies(struct worker *worker);
