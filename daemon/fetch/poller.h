/* A curl multi handle driven by curl_multi_socket_action() and the epoll of a fetcher. A connection stays in
 * the epoll between its transfers, so that the next one need not put it there. Owner and thread: one
 * fetcher. */
#pragma once

#include <curl/curl.h>
#include <stddef.h>
#include <stdint.h>

struct poller_socket;

struct poller {
    CURLM *multi;
    struct poller_socket *sockets; /* by descriptor */
    size_t n_sockets;
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

/* From within curl's callback: a transfer that was added here has opened this socket. 0 or -ENOMEM. */
int poller_opened(struct poller *poller, int fd);

/* Both not from within curl's callbacks. 0 or -ENOMEM. */
int poller_add(struct poller *poller, CURL *easy);
void poller_remove(struct poller *poller, CURL *easy);

void poller_ready(struct poller *poller, int fd, uint32_t events);
void poller_run_timeouts(struct poller *poller);

/* A transfer that ended and was removed, with its result; NULL if none is left. */
CURL *poller_next_ended(struct poller *poller, CURLcode *ret_code);
