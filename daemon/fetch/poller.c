#include "fetch/poller.h"
#include "fetch/poller_socket.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include <assert.h>
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

DEFINE_CLEANUP(struct poller *, poller_free)

/* Closing takes it out of the epoll. */
static int on_close(void *context, curl_socket_t fd)
{
    poller_closed(context, fd);
    return close(fd);
}

static int watch(struct poller *poller, int fd, uint32_t events, bool is_there)
{
    struct epoll_event event = {.events = events, .data.u64 = (uint64_t)poller->id << 32 | (uint32_t)fd};

    if (!is_there && epoll_ctl(poller->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0)
        return 0;
    if (!is_there && errno != EEXIST)
        return -1;
    return epoll_ctl(poller->epoll_fd, EPOLL_CTL_MOD, fd, &event);
}

static void unwatch(struct poller *poller, int fd)
{
    (void)epoll_ctl(poller->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
}

static struct poller_user *user_of(CURL *easy)
{
    struct poller_user *user = NULL;

    (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &user);
    return user;
}

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *socket_context)
{
    struct poller *poller = context;
    struct poller_socket *known = poller_socket_at(poller, fd);
    uint32_t events = 0;

    if (what != CURL_POLL_REMOVE)
        events =
            (what & CURL_POLL_IN ? (uint32_t)EPOLLIN : 0) | (what & CURL_POLL_OUT ? (uint32_t)EPOLLOUT : 0);
    /* Not one of which on_close() will be told. */
    if (!known || !known->is_ours) {
        if (what != CURL_POLL_REMOVE)
            return watch(poller, fd, events, false);
        unwatch(poller, fd);
        return 0;
    }
    known->wanted = events;
    if (events != 0)
        poller_take_user(known, user_of(easy), fd);
    if (events == 0 || events == known->watched)
        return 0;
    if (watch(poller, fd, events, known->watched != 0) < 0)
        return -1;
    known->watched = events;
    return 0;
}

static int on_timer(CURLM *multi, long timeout_ms, void *context)
{
    struct poller *poller = context;

    poller->due_usec =
        timeout_ms < 0 ? USEC_NEVER : clock_boottime_usec() + (uint64_t)timeout_ms * USEC_PER_MSEC;
    return 0;
}

int poller_new(int epoll_fd, uint32_t id, uint32_t max_connections, struct poller **ret)
{
    CLEANUP(poller_freep) struct poller *poller = calloc(1, sizeof(*poller));

    if (!poller)
        return -ENOMEM;
    poller->epoll_fd = epoll_fd;
    poller->id = id;
    poller->due_usec = USEC_NEVER;
    for (size_t i = 0; i < POLLER_BUCKETS; i++)
        poller->buckets[i] = -1;
    poller->multi = curl_multi_init();
    if (!poller->multi)
        return -ENOMEM;
    if (curl_multi_setopt(poller->multi, CURLMOPT_SOCKETFUNCTION, on_socket) != CURLM_OK ||
        curl_multi_setopt(poller->multi, CURLMOPT_SOCKETDATA, poller) != CURLM_OK ||
        curl_multi_setopt(poller->multi, CURLMOPT_TIMERFUNCTION, on_timer) != CURLM_OK ||
        curl_multi_setopt(poller->multi, CURLMOPT_TIMERDATA, poller) != CURLM_OK ||
        curl_multi_setopt(poller->multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX) != CURLM_OK ||
        curl_multi_setopt(poller->multi, CURLMOPT_MAXCONNECTS, (long)max_connections) != CURLM_OK)
        return -EIO;
    *ret = TAKE(poller);
    return 0;
}

void poller_free(struct poller *poller)
{
    if (!poller)
        return;
    /* Connections are closed by it. */
    if (poller->multi)
        curl_multi_cleanup(poller->multi);
    free(poller->sockets);
    free(poller);
}

int poller_add(struct poller *poller, CURL *easy)
{
    CURLMcode code;

    if (curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close) != CURLE_OK ||
        curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, poller) != CURLE_OK)
        return -ENOMEM;
    code = curl_multi_add_handle(poller->multi, easy);
    assert(code != CURLM_RECURSIVE_API_CALL && code != CURLM_ADDED_ALREADY);
    if (code != CURLM_OK)
        return -ENOMEM;
    poller->n_running++;
    return 0;
}

void poller_remove(struct poller *poller, CURL *easy)
{
    CURLMcode code = curl_multi_remove_handle(poller->multi, easy);

    assert(code != CURLM_RECURSIVE_API_CALL);
    (void)code;
    poller_forget_user(poller, user_of(easy));
    poller->n_running--;
}

uint64_t poller_received(const struct poller_user *user)
{
    struct tcp_info info = {0};
    socklen_t size = sizeof(info);

    if (user->fd < 0 || getsockopt(user->fd, IPPROTO_TCP, TCP_INFO, &info, &size) < 0)
        return 0;
    return info.tcpi_bytes_received;
}

/* What fails in here is a transfer's failure, and comes by curl_multi_info_read(). */
void poller_ready(struct poller *poller, int fd, uint32_t events)
{
    int action = (events & EPOLLIN ? CURL_CSELECT_IN : 0) | (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
        (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
    struct poller_socket *known = poller_socket_at(poller, fd);
    int n;

    /* The server has closed an idle connection, or sends what nobody asked for: curl sees to it before the
     * next transfer. */
    if (known && known->is_ours && known->wanted == 0) {
        unwatch(poller, fd);
        known->watched = 0;
        return;
    }
    (void)curl_multi_socket_action(poller->multi, fd, action, &n);
}

void poller_run_timeouts(struct poller *poller)
{
    int n;

    /* curl sets the next one from within. */
    poller->due_usec = USEC_NEVER;
    (void)curl_multi_socket_action(poller->multi, CURL_SOCKET_TIMEOUT, 0, &n);
}

CURL *poller_next_ended(struct poller *poller, CURLcode *ret_code)
{
    CURLMsg *message;
    CURL *easy;
    int n;

    do {
        message = curl_multi_info_read(poller->multi, &n);
        if (!message)
            return NULL;
    } while (message->msg != CURLMSG_DONE);
    /* The message dies with the removal. */
    easy = message->easy_handle;
    *ret_code = message->data.result;
    poller_remove(poller, easy);
    return easy;
}
