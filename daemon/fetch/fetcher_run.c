#include "base/clock.h"
#include "fetch/fetcher_state.h"
#include "fetch/queue.h"
#include <errno.h>
#include <string.h>
#include <sys/epoll.h>

/* Events taken at once: what is left comes with the next run. */
#define MAX_EVENTS 256
/* Rounds of one run, so that a caller whose `done` always starts something gets back to its other work. */
#define MAX_ROUNDS 16

/* USEC_NEVER for a limit of 0. */
static uint64_t deadline(uint64_t from_usec, uint64_t limit_usec)
{
    return limit_usec > 0 ? clock_add(from_usec, limit_usec) : USEC_NEVER;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
    return a < b ? a : b;
}

static uint64_t total_deadline(const struct transfer *transfer)
{
    return deadline(transfer->started_usec, transfer->request->settings->transfer_timeout_usec);
}

static uint64_t connect_deadline(const struct transfer *transfer)
{
    return deadline(transfer->started_usec, transfer->request->settings->connect_timeout_usec);
}

/* The low-speed limit is looked at once per span: it starts with the first byte, which only then is known. */
static void watch_speed(struct fetcher *fetcher, struct transfer *transfer, uint64_t now_usec)
{
    const uint64_t span_usec = transfer->request->settings->low_speed_usec;
    uint64_t due_usec = total_deadline(transfer);

    if (span_usec > 0)
        due_usec = earlier(due_usec,
            transfer->low_speed_due_usec != USEC_NEVER ? transfer->low_speed_due_usec
                                                       : clock_add(now_usec, span_usec));
    if (due_usec != USEC_NEVER)
        heap_set(&fetcher->timers, &transfer->timer, due_usec);
}

static void fail_for_machine(struct fetcher *fetcher, struct transfer *transfer, int error)
{
    verdict_set(&transfer->verdict, OUTCOME_INTERNAL_ERROR, true, "%s", strerrordesc_np(-error));
    fetcher_end(fetcher, transfer);
}

static void connect_next(struct fetcher *fetcher, struct transfer *transfer)
{
    uint64_t now_usec = clock_boottime_usec();
    int r = transfer_aim(transfer, now_usec);

    if (r == 0)
        r = poller_add(fetcher->pollers, transfer->easy);
    if (r < 0) {
        fail_for_machine(fetcher, transfer, r);
        return;
    }
    transfer->poller = fetcher->pollers;
    list_remove(&transfer->link);
    list_append(&fetcher->running, &transfer->link);
    watch_speed(fetcher, transfer, now_usec);
}

static void set_out(struct fetcher *fetcher, struct transfer *transfer)
{
    uint64_t due_usec = earlier(total_deadline(transfer), connect_deadline(transfer));
    size_t length = strlen(transfer->host);
    union address literal;
    int r;

    list_remove(&transfer->link);
    if (transfer->request->settings->proxy) {
        connect_next(fetcher, transfer);
    } else if (address_parse(transfer->host, length, &literal)) {
        if (transfer_set_addresses(transfer, &literal, 1))
            connect_next(fetcher, transfer);
        else
            fetcher_end(fetcher, transfer);
    } else {
        list_append(&fetcher->waiting, &transfer->link);
        if (due_usec != USEC_NEVER)
            heap_set(&fetcher->timers, &transfer->timer, due_usec);
        r = resolver_ask(fetcher->resolver, transfer->host, length, &transfer->wait);
        if (r < 0)
            fail_for_machine(fetcher, transfer, r);
    }
}

static void take_answer(
    struct fetcher *fetcher, struct transfer *transfer, const struct resolver_answer *answer)
{
    heap_remove(&fetcher->timers, &transfer->timer);
    switch (answer->status) {
    case RESOLVER_OK:
        if (transfer_set_addresses(transfer, answer->addresses, answer->n_addresses)) {
            connect_next(fetcher, transfer);
            return;
        }
        break;
    case RESOLVER_NO_NAME:
    case RESOLVER_FAILED:
        verdict_set(
            &transfer->verdict, OUTCOME_DNS_FAILED, answer->status == RESOLVER_FAILED, "%s", answer->message);
        break;
    case RESOLVER_NO_MEMORY:
        verdict_set(&transfer->verdict, OUTCOME_INTERNAL_ERROR, true, "%s", answer->message);
        break;
    }
    fetcher_end(fetcher, transfer);
}

/* All that was started or got its addresses. */
static void set_all_out(struct fetcher *fetcher)
{
    struct resolver_answer answer;
    struct resolver_wait *wait;
    struct list fresh;

    /* What `done` starts meanwhile is for the next round. */
    list_init(&fresh);
    queue_move_all(&fetcher->fresh, &fresh);
    while (!list_is_empty(&fresh))
        set_out(fetcher, transfer_at(fresh.next));
    while ((wait = resolver_next(fetcher->resolver, &answer)))
        take_answer(fetcher, CONTAINER_OF(wait, struct transfer, wait), &answer);
}

static struct transfer *transfer_of(CURL *easy)
{
    struct poller_user *user = NULL;

    (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &user);
    return CONTAINER_OF(user, struct transfer, user);
}

static void take_ended(struct fetcher *fetcher, struct poller *poller)
{
    CURLcode code;
    CURL *easy;

    while ((easy = poller_next_ended(poller, &code))) {
        struct transfer *transfer = transfer_of(easy);

        transfer->poller = NULL;
        switch (transfer_conclude(transfer, code)) {
        case TRANSFER_ENDED:
            fetcher_end(fetcher, transfer);
            break;
        case TRANSFER_NEXT_ADDRESS:
            resolver_demote(fetcher->resolver, transfer->host, strlen(transfer->host),
                &transfer->addresses[transfer->current - 1]);
            connect_next(fetcher, transfer);
            break;
        }
    }
}

static bool is_too_slow(struct transfer *transfer, uint64_t now_usec)
{
    const struct fetch_settings *settings = transfer->request->settings;
    uint64_t wire_bytes;

    if (transfer->low_speed_due_usec > now_usec)
        return false;
    wire_bytes = transfer_wire_bytes(transfer);
    if (wire_bytes - transfer->low_speed_mark < settings->low_speed_bytes)
        return true;
    transfer->low_speed_mark = wire_bytes;
    transfer->low_speed_due_usec = clock_add(now_usec, settings->low_speed_usec);
    return false;
}

static void run_timers(struct fetcher *fetcher, uint64_t now_usec)
{
    struct heap_item *timer;

    while ((timer = heap_first(&fetcher->timers)) && timer->key <= now_usec) {
        struct transfer *transfer = CONTAINER_OF(timer, struct transfer, timer);

        heap_remove(&fetcher->timers, timer);
        if (!transfer->poller) {
            verdict_set(
                &transfer->verdict, OUTCOME_DNS_FAILED, true, "the name servers did not answer in time");
            fetcher_end(fetcher, transfer);
        } else if (is_too_slow(transfer, now_usec) || total_deadline(transfer) <= now_usec) {
            transfer_time_out(transfer, now_usec);
            fetcher_end(fetcher, transfer);
        } else {
            watch_speed(fetcher, transfer, now_usec);
        }
    }
}

static struct poller *poller_by_id(const struct fetcher *fetcher, uint32_t id)
{
    struct poller *poller = fetcher->pollers;

    while (poller && poller->id != id)
        poller = poller->next;
    return poller;
}

static void finish_ended(struct fetcher *fetcher)
{
    while (!list_is_empty(&fetcher->ended))
        fetcher_finish(fetcher, transfer_at(fetcher->ended.next));
}

/* What ends by it is finished before the next one is looked at, while its memory is in the processor's cache.
 */
static void run_event(struct fetcher *fetcher, const struct epoll_event *event)
{
    uint32_t id = (uint32_t)(event->data.u64 >> 32);
    int fd = (int)(uint32_t)event->data.u64;
    struct poller *poller;

    if (id == 0) {
        resolver_ready(fetcher->resolver, fd, event->events);
        return;
    }
    poller = poller_by_id(fetcher, id);
    if (!poller)
        return;
    fetcher->in_curl = true;
    poller_ready(poller, fd, event->events);
    fetcher->in_curl = false;
    take_ended(fetcher, poller);
    finish_ended(fetcher);
}

/* Returns how many there were, at most `max`. */
static int run_events(struct fetcher *fetcher, int max)
{
    struct epoll_event events[MAX_EVENTS];
    int n = epoll_wait(fetcher->epoll_fd, events, max, 0);

    if (n < 0)
        return errno == EINTR ? 0 : -errno;
    for (int i = 0; i < n; i++)
        run_event(fetcher, &events[i]);
    return n;
}

/* One event at a time, as long as the limit of bytes a second lets any come: all senders have their turns. */
static int run_events_one_by_one(struct fetcher *fetcher)
{
    int r = 1;

    for (int i = 0; r > 0 && i < MAX_EVENTS && !fetcher_is_held(fetcher); i++)
        r = run_events(fetcher, 1);
    return r;
}

static void run_timeouts(struct fetcher *fetcher)
{
    uint64_t now_usec = clock_boottime_usec();
    struct poller *poller;

    /* libcurl reads what it finds on its sockets then, too. */
    for (poller = fetcher->pollers; poller && !fetcher_is_held(fetcher); poller = poller->next)
        if (poller->due_usec <= now_usec)
            poller_run_timeouts(poller);
    if (resolver_next_usec(fetcher->resolver) <= now_usec)
        resolver_run_timeouts(fetcher->resolver);
}

/* Everything but the events; returns whether there may be more at once. */
static bool run_round(struct fetcher *fetcher)
{
    struct poller *poller;

    set_all_out(fetcher);
    fetcher->in_curl = true;
    run_timeouts(fetcher);
    fetcher->in_curl = false;
    for (poller = fetcher->pollers; poller; poller = poller->next)
        take_ended(fetcher, poller);
    run_timers(fetcher, clock_boottime_usec());
    finish_ended(fetcher);
    fetcher_drop_old_pollers(fetcher);
    return fetcher_timeout_ms(fetcher) == 0;
}

int fetcher_run(struct fetcher *fetcher)
{
    int rounds = 0;
    int r = fetcher->shared.rate ? run_events_one_by_one(fetcher) : run_events(fetcher, MAX_EVENTS);

    while (run_round(fetcher) && ++rounds < MAX_ROUNDS)
        ;
    return r < 0 ? r : 0;
}

int fetcher_timeout_ms(const struct fetcher *fetcher)
{
    uint64_t now_usec = clock_boottime_usec();
    const struct heap_item *timer = heap_first(&fetcher->timers);
    uint64_t due_usec = timer ? timer->key : USEC_NEVER;
    const struct poller *poller;
    uint64_t ms;

    if (!list_is_empty(&fetcher->fresh) || !list_is_empty(&fetcher->ended))
        return 0;
    if (fetcher->shared.rate && rate_clear_usec(fetcher->shared.rate) > now_usec)
        due_usec = earlier(due_usec, rate_clear_usec(fetcher->shared.rate));
    else
        for (poller = fetcher->pollers; poller; poller = poller->next)
            due_usec = earlier(due_usec, poller->due_usec);
    due_usec = earlier(due_usec, resolver_next_usec(fetcher->resolver));
    if (due_usec == USEC_NEVER)
        return -1;
    if (due_usec <= now_usec)
        return 0;
    ms = (due_usec - now_usec + USEC_PER_MSEC - 1) / USEC_PER_MSEC;
    return ms > INT32_MAX ? INT32_MAX : (int)ms;
}
