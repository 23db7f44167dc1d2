/* A curl multi handle driven by curl_multi_socket_action() and the epoll of a fetcher. A connection stays in
 * the epoll between its transfers, so that the next one need not put it there. Owner and thread: one
 * fetcher. */
#pragma once

#include <curl/curl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct poller_socket;

/* A transfer's part in it: CURLOPT_PRIVATE of its handle points to this. */
struct poller_user {
    int fd; /* that it last waited for, alone or with others of the same connection; -1: none */
};

#define POLLER_BUCKETS 256

struct poller {
    CURLM *multi;
    struct poller_socket *sockets; /* by descriptor */
    size_t n_sockets;
    int buckets[POLLER_BUCKETS]; /* of hosts: the first of the descriptors; -1: none */
    bool is_old;                 /* what becomes idle is closed */
    int epoll_fd;
    uint32_t id;
    uint64_t due_usec; /* boottime when poller_run_timeouts() is due; USEC_NEVER if it is not */
    size_t n_running;
    struct poller *next;
};

/* Sockets are put into `epoll_fd` with data.u64 = id << 32 | fd; `id` is not 0. Returns 0 or negative errno.
 */
int poller_new(int epoll_fd, uint32_t id, uint32_t max_connections, struct poller **ret);
/* Closes its connections. Nothing may run. */
void poller_free(struct poller *poller);

/* Both not from within curl's callbacks. 0 or -ENOMEM. */
int poller_add(struct poller *poller, CURL *easy);
void poller_remove(struct poller *poller, CURL *easy);

/* Bytes that have come on its connection, whatever they were, since that was opened; 0 if that is not known.
 */
uint64_t poller_received(const struct poller_user *user);

void poller_ready(struct poller *poller, int fd, uint32_t events);
void poller_run_timeouts(struct poller *poller);

/* A transfer that ended and was removed, with its result; NULL if none is left. */
CURL *poller_next_ended(struct poller *poller, CURLcode *ret_code);

/* ---- poller_socket.c ---- */
/* From within curl's callback: a transfer that was added here has opened this socket. `host` stands for where
 * it goes to; 0: that does not matter. 0 or -ENOMEM. */
int poller_opened(struct poller *poller, int fd, uint64_t host);

/* From within curl's callback: one more connection to the host is about to be opened. Of those that it has,
 * here and in older pollers, idle ones are closed as far as there would be more than `max`. */
void poller_make_room(struct poller *poller, uint64_t host, uint32_t max);

/* No other transfers follow: its idle connections are closed, now and when more become idle. */
void poller_retire(struct poller *poller);
