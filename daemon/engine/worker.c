#include "engine/worker.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "engine/task.h"
#include "engine/worker_state.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>

/* A worker with transfers shows a sign of life at least this often. */
#define PULSE_MS 1000

void worker_reply(struct worker *worker, struct mail *mail)
{
    mail->next = NULL;
    *worker->reply_last = mail;
    worker->reply_last = &mail->next;
}

static void post_replies(struct worker *worker)
{
    if (!worker->reply_first)
        return;
    mailbox_post_chain(
        worker->mailbox, worker->reply_first, CONTAINER_OF(worker->reply_last, struct mail, next));
    worker->reply_first = NULL;
    worker->reply_last = &worker->reply_first;
}

static void receive_task(struct mail *mail, void *receiver)
{
    struct worker *worker = receiver;
    struct task *task = CONTAINER_OF(mail, struct task, mail);
    int r = fetcher_start(worker->fetcher, &task->request);

    if (r == 0)
        return;
    task->result = (struct fetch_result){.outcome = OUTCOME_INTERNAL_ERROR, .may_pass = true};
    task->detail = strdup(strerror(-r));
    task->done = true;
    task->mail.deliver = worker->replies.returned;
    worker_reply(worker, &task->mail);
}

static void receive_cancel(struct mail *mail, void *receiver)
{
    struct worker *worker = receiver;
    struct task *task = CONTAINER_OF(mail, struct task, cancel_mail);

    if (!task->done)
        fetcher_cancel(worker->fetcher, &task->request);
    mail->deliver = worker->replies.cancel_returned;
    worker_reply(worker, mail);
}

static void receive_order(struct mail *mail, void *receiver)
{
    struct worker *worker = receiver;
    struct worker_order *order = CONTAINER_OF(mail, struct worker_order, mail);

    if (order->settings)
        fetcher_reconfigure(worker->fetcher, order->settings);
    if (order->drop_caches) {
        fetcher_drop_caches(worker->fetcher);
        worker_drop_bodies(worker);
    }
    mail->deliver = order->returned;
    worker_reply(worker, mail);
}

static void receive_stop(struct mail *mail, void *receiver)
{
    struct worker *worker = receiver;

    worker->stop = true;
}

static int wait_for_work(struct worker *worker)
{
    struct epoll_event events[2];
    int timeout_ms = fetcher_timeout_ms(worker->fetcher);

    if (fetcher_running(worker->fetcher) == 0)
        atomic_store(&worker->pulse_usec, USEC_NEVER);
    else if (timeout_ms < 0 || timeout_ms > PULSE_MS)
        timeout_ms = PULSE_MS;
    if (fetcher_is_held(worker->fetcher)) {
        struct pollfd inbox = {.fd = worker->inbox.fd, .events = POLLIN};

        return poll(&inbox, 1, timeout_ms);
    }
    return epoll_wait(worker->epoll_fd, events, 2, timeout_ms);
}

static void *run(void *userdata)
{
    struct worker *worker = userdata;
    char name[16];

    snprintf(name, sizeof(name), "worker %u", worker->number);
    (void)pthread_setname_np(pthread_self(), name);
    while (!worker->stop) {
        (void)wait_for_work(worker);
        atomic_store(&worker->pulse_usec, clock_boottime_usec());
        mailbox_deliver(&worker->inbox, worker);
        (void)fetcher_run(worker->fetcher);
        post_replies(worker);
    }
    fetcher_free(TAKE(worker->fetcher));
    post_replies(worker);
    return NULL;
}

static int watch_fd(int epoll_fd, int fd)
{
    struct epoll_event event = {.events = EPOLLIN, .data.fd = fd};

    return epoll_ctl(epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0 ? -errno : 0;
}

/* The parts of a worker that its thread needs, each made or none: released by destroy(). */
static int make_parts(struct worker *worker, const struct fetch_settings *settings)
{
    int r = mailbox_init(&worker->inbox);

    if (r < 0) {
        worker->inbox.fd = -1;
        return r;
    }
    r = fetcher_new(settings, &worker->fetcher);
    if (r < 0)
        return r;
    worker->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (worker->epoll_fd < 0)
        return -errno;
    r = watch_fd(worker->epoll_fd, worker->inbox.fd);
    return r < 0 ? r : watch_fd(worker->epoll_fd, fetcher_fd(worker->fetcher));
}

static void destroy(struct worker *worker)
{
    worker_drop_bodies(worker);
    fetcher_free(worker->fetcher);
    if (worker->epoll_fd >= 0)
        (void)close(worker->epoll_fd);
    if (worker->inbox.fd >= 0)
        mailbox_deinit(&worker->inbox);
    free(worker);
}

int worker_new(const struct fetch_settings *settings, unsigned number, struct mailbox *mailbox,
    const struct worker_replies *replies, struct worker **ret)
{
    struct worker *worker = calloc(1, sizeof(*worker));
    int r;

    if (!worker)
        return -ENOMEM;
    worker->number = number;
    worker->mailbox = mailbox;
    worker->replies = *replies;
    worker->epoll_fd = -1;
    worker->reply_last = &worker->reply_first;
    worker->pulse_usec = USEC_NEVER;
    worker->stop_mail.deliver = receive_stop;
    r = make_parts(worker, settings);
    if (r == 0)
        r = -pthread_create(&worker->thread, NULL, run, worker);
    if (r < 0) {
        destroy(worker);
        return r;
    }
    *ret = worker;
    return 0;
}

void worker_free(struct worker *worker)
{
    if (!worker)
        return;
    mailbox_post(&worker->inbox, &worker->stop_mail);
    (void)pthread_join(worker->thread, NULL);
    destroy(worker);
}

/* A worker that sleeps is waited for from now on. Before the mail: who wakes up for it says NEVER again when
 * it is done. */
static void note_wanted(struct worker *worker)
{
    uint64_t asleep = USEC_NEVER;

    if (atomic_load_explicit(&worker->pulse_usec, memory_order_relaxed) == USEC_NEVER)
        (void)atomic_compare_exchange_strong(&worker->pulse_usec, &asleep, clock_boottime_usec());
}

void worker_start(struct worker *worker, struct task *task)
{
    task->worker = worker;
    worker_listen(task);
    task->request.url = task->url;
    task->mail.deliver = receive_task;
    note_wanted(worker);
    mailbox_post(&worker->inbox, &task->mail);
}

void worker_cancel(struct worker *worker, struct task *task)
{
    task->cancel_posted = true;
    task->cancel_mail.deliver = receive_cancel;
    mailbox_post(&worker->inbox, &task->cancel_mail);
}

void worker_tell(struct worker *worker, struct worker_order *order)
{
    order->mail.deliver = receive_order;
    note_wanted(worker);
    mailbox_post(&worker->inbox, &order->mail);
}

void worker_get_counters(const struct worker *worker, struct worker_counters *ret)
{
    *ret = (struct worker_counters){
        .fetched = atomic_load_explicit(&worker->fetched, memory_order_relaxed),
        .bytes = atomic_load_explicit(&worker->bytes, memory_order_relaxed),
        .tokens = atomic_load_explicit(&worker->tokens, memory_order_relaxed),
        .pulse_usec = atomic_load(&worker->pulse_usec),
    };
}
