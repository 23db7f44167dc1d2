/* The sockets of a poller: which host each goes to, whose transfer it serves, and which are idle. Owner and
 * thread: the poller's. */
#pragma once

#include "fetch/poller.h"
#include <stdbool.h>
#include <stdint.h>

struct poller_socket {
    uint32_t watched;         /* events that the epoll has it for; 0: it is not there */
    uint32_t wanted;          /* events that curl wants; 0 between transfers */
    bool is_ours;             /* from poller_opened() to poller_closed() */
    bool has_served;          /* a transfer waited for it */
    struct poller_user *user; /* whose transfer it is, the last one's of several; NULL between transfers */
    uint64_t host;            /* 0: it is in no bucket */
    uint64_t inode;           /* curl closes one that never got connected without a word, see count() */
    int next;                 /* in the bucket; -1: none */
};

/* NULL for a descriptor that poller_opened() never heard of. */
struct poller_socket *poller_socket_at(const struct poller *poller, int fd);
/* It is about to be closed, and is nobody's from now on. */
void poller_closed(struct poller *poller, int fd);

/* The transfer waits for this socket. */
void poller_take_user(struct poller_socket *known, struct poller_user *user, int fd);
/* The transfer is over. Its socket, unless another transfer took that over, is idle, and ends if the poller
 * has retired. */
void poller_forget_user(struct poller *poller, struct poller_user *user);
