#include "fetch/poller.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/epoll.h>

DEFINE_CLEANUP(struct poller *, poller_free)

static int on_socket(CURL *easy, curl_socket_t fd, int what, void *context, void *socket_context)
{
    struct poller *poller = context;
    struct epoll_event event = {.data.u64 = (uint64_t)poller->id << 32 | (uint32_t)fd};

    if (what == CURL_POLL_REMOVE) {
        (void)epoll_ctl(poller->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
        return 0;
    }
    if (what & CURL_POLL_IN)
        event.events |= EPOLLIN;
    if (what & CURL_POLL_OUT)
        event.events |= EPOLLOUT;
    if (epoll_ctl(poller->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0)
        return 0;
    if (errno == EEXIST && epoll_ctl(poller->epoll_fd, EPOLL_CTL_MOD, fd, &event) == 0)
        return 0;
    return -1;
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
    if (poller->multi)
        curl_multi_cleanup(poller->multi);
    free(poller);
}

int poller_add(struct poller *poller, CURL *easy)
{
    CURLMcode code = curl_multi_add_handle(poller->multi, easy);

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
    int n;

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
