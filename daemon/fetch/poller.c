#include "fetch/poller.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include <assert.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

DEFINE_CLEANUP(struct poller *, poller_free)

struct poller_socket {
    uint32_t watched; /* events that the epoll has it for; 0: it is not there */
    uint32_t wanted;  /* events that curl wants; 0 between transfers */
    bool is_ours;     /* from poller_opened() to on_close() */
};

/* NULL for a descriptor that poller_opened() never heard of. */
static struct poller_socket *socket_at(const struct poller *poller, int fd)
{
    return (size_t)fd < poller->n_sockets ? &poller->sockets[fd] : NULL;
}

int poller_opened(struct poller *poller, int fd)
{
    size_t n = poller->n_sockets > 0 ? poller->n_sockets : 64;
    struct poller_socket *grown;

    while (n <= (size_t)fd)
        n *= 2;
    if (n > poller->n_sockets) {
        grown = reallocarray(poller->sockets, n, sizeof(*grown));
        if (!grown)
            return -ENOMEM;
        memset(grown + poller->n_sockets, 0, (n - poller->n_sockets) * sizeof(*grown));
        poller->sockets = grown;
        poller->n_sockets = n;
    }
    poller->sockets[fd] = (struct poller_socket){.is_ours = true};
    return 0;
}

/* Closing takes it out of the epoll. */
static int on_close(void *context, curl_socket_t fd)
{
    struct poller *poller = context;
    struct poller_socket *known = socket_at(poller, fd);

    if (known)
        *known = (struct poller_socket){0};
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

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *socket_context)
{
    struct poller *poller = context;
    struct poller_socket *known = socket_at(poller, fd);
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
    poller->n_running--;
}

/* What fails in here is a transfer's failure, and comes by curl_multi_info_read(). */
void poller_ready(struct poller *poller, int fd, uint32_t events)
{
    int action = (events & EPOLLIN ? CURL_CSELECT_IN : 0) | (events & EPOLLOUT ? CURL_CSELECT_OUT : 0) |
        (events & (EPOLLERR | EPOLLHUP) ? CURL_CSELECT_ERR : 0);
    struct poller_socket *known = socket_at(poller, fd);
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
