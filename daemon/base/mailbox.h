/* Work moves between threads by handing over ownership: a mail is posted, and from then on is the receiver's.
 * Many threads post, one takes. The mailbox's descriptor polls readable while mail waits; it is rung once on
 * the edge from empty, so a whole batch costs one wake-up. Posting allocates nothing and cannot fail. */
#pragma once

#include <pthread.h>

/* Embedded as the first member of whatever is handed over. */
struct mail {
    struct mail *next;
    /* Run by mailbox_deliver() on the receiving thread, which owns `mail` from then on. */
    void (*deliver)(struct mail *mail, void *receiver);
};

struct mailbox {
    int fd; /* eventfd, non-blocking */
    pthread_mutex_t lock;
    /* guarded by lock: */
    struct mail *first;
    struct mail **last;
};

/* Returns 0 or negative errno. */
int mailbox_init(struct mailbox *mailbox);

/* The mailbox must be empty: mail that nobody takes would leak. */
void mailbox_deinit(struct mailbox *mailbox);

/* Thread: any. */
void mailbox_post(struct mailbox *mailbox, struct mail *mail);

/* Posts the chain first..last, linked by `next`, with one lock and at most one ring. Thread: any. */
void mailbox_post_chain(struct mailbox *mailbox, struct mail *first, struct mail *last);

/* All mail that waits, oldest first, linked by `next`; NULL if none. Thread: the receiver. */
struct mail *mailbox_take(struct mailbox *mailbox);

/* Takes all that waits and runs each mail's deliver(mail, receiver), oldest first. Thread: the receiver. */
void mailbox_deliver(struct mailbox *mailbox, void *receiver);
