#include "fetch/fetcher.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "fetch/queue.h"
#include "fetch/transfer.h"
#include "fetch/url.h"
#include <ares.h>
#include <assert.h>
#include <errno.h>
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

/* Handles kept for the next fetches. */
#define MAX_SPARE 256
/* Events taken at once: what is left comes with the next run. */
#define MAX_EVENTS 256
/* Rounds of one run, so that a caller whose `done` always starts something gets back to its other work. */
#define MAX_ROUNDS 16

struct fetcher {
    int epoll_fd;
    struct resolver *resolver;
    struct poller *pollers; /* the current one first; older ones until their last transfer ends */
    uint32_t last_poller_id;
    uint32_t max_connections;
    uint64_t decode_memory;
    uint64_t decode_charged;
    struct heap timers;
    struct list fresh;   /* started, not looked at yet */
    struct list waiting; /* for their addresses */
    struct list running; /* in a poller */
    struct list ended;   /* `done` is due */
    struct list spare;
    size_t n_spare;
    size_t n_running; /* all but spare ones */
    bool in_curl;     /* libcurl's callbacks may be running */
};

DEFINE_CLEANUP(struct fetcher *, fetcher_free)

int fetch_init(void)
{
    /* libidn2 takes international names in the locale's encoding. */
    if (strcmp(nl_langinfo(CODESET), "UTF-8") != 0)
        (void)setlocale(LC_CTYPE, "C.UTF-8");
    if (curl_global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
        return -ENOMEM;
    return ares_library_init(ARES_LIB_INIT_ALL) == ARES_SUCCESS ? 0 : -ENOMEM;
}

const char *fetch_library_version(void)
{
    return curl_version();
}

static int add_poller(struct fetcher *fetcher)
{
    struct poller *poller;
    int r = poller_new(fetcher->epoll_fd, fetcher->last_poller_id + 1, fetcher->max_connections, &poller);

    if (r < 0)
        return r;
    fetcher->last_poller_id++;
    poller->next = fetcher->pollers;
    fetcher->pollers = poller;
    return 0;
}

int fetcher_new(const struct fetch_settings *settings, struct fetcher **ret)
{
    CLEANUP(fetcher_freep) struct fetcher *fetcher = calloc(1, sizeof(*fetcher));
    int r;

    if (!fetcher)
        return -ENOMEM;
    fetcher->epoll_fd = -1;
    list_init(&fetcher->fresh);
    list_init(&fetcher->waiting);
    list_init(&fetcher->running);
    list_init(&fetcher->ended);
    list_init(&fetcher->spare);
    fetcher->decode_memory = settings->decode_memory;
    fetcher->max_connections = settings->max_connections > 0 ? settings->max_connections : 1;
    fetcher->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (fetcher->epoll_fd < 0)
        return -errno;
    r = resolver_new(fetcher->epoll_fd, settings->dns_servers, &fetcher->resolver);
    if (r < 0)
        return r;
    r = add_poller(fetcher);
    if (r < 0)
        return r;
    *ret = TAKE(fetcher);
    return 0;
}

static struct transfer *transfer_at(struct list *link)
{
    return CONTAINER_OF(link, struct transfer, link);
}

/* Takes the transfer out of whatever moves it on. */
static void halt(struct fetcher *fetcher, struct transfer *transfer)
{
    resolver_forget(fetcher->resolver, &transfer->wait);
    heap_remove(&fetcher->timers, &transfer->timer);
    if (transfer->poller)
        poller_remove(transfer->poller, transfer->easy);
    transfer->poller = NULL;
    list_remove(&transfer->link);
}

/* The verdict is there; `done` follows at the end of the run. */
static void end(struct fetcher *fetcher, struct transfer *transfer)
{
    halt(fetcher, transfer);
    list_append(&fetcher->ended, &transfer->link);
}

/* The last of a transfer: gives the request back, and keeps the handle. */
static void finish(struct fetcher *fetcher, struct transfer *transfer)
{
    struct fetch_request *request = transfer->request;
    struct fetch_result result;

    list_remove(&transfer->link);
    transfer_result(transfer, clock_boottime_usec(), &result);
    fetcher->decode_charged -= transfer->decode_charge;
    transfer->decode_charge = 0;
    fetcher->n_running--;
    request->transfer = NULL;
    request->done(request, &result);

    transfer_reset(transfer);
    if (fetcher->n_spare < MAX_SPARE) {
        fetcher->n_spare++;
        list_append(&fetcher->spare, &transfer->link);
    } else {
        transfer_free(transfer);
    }
}

static void cancel(struct fetcher *fetcher, struct transfer *transfer)
{
    halt(fetcher, transfer);
    transfer->wire_bytes = transfer_wire_bytes(transfer);
    verdict_set(&transfer->verdict, OUTCOME_CANCELLED, true, "%s", "");
    finish(fetcher, transfer);
}

void fetcher_cancel(struct fetcher *fetcher, struct fetch_request *request)
{
    assert(!fetcher->in_curl);
    assert(request->transfer);
    cancel(fetcher, request->transfer);
}

static void cancel_all(struct fetcher *fetcher)
{
    struct list *lists[] = {&fetcher->fresh, &fetcher->waiting, &fetcher->running, &fetcher->ended};

    for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++)
        while (!list_is_empty(lists[i]))
            cancel(fetcher, transfer_at(lists[i]->next));
}

void fetcher_free(struct fetcher *fetcher)
{
    struct list *link;

    if (!fetcher)
        return;
    cancel_all(fetcher);
    while ((link = queue_take(&fetcher->spare)))
        transfer_free(transfer_at(link));
    while (fetcher->pollers) {
        struct poller *poller = fetcher->pollers;

        fetcher->pollers = poller->next;
        poller_free(poller);
    }
    resolver_free(fetcher->resolver);
    heap_deinit(&fetcher->timers);
    if (fetcher->epoll_fd >= 0)
        (void)close(fetcher->epoll_fd);
    free(fetcher);
}

int fetcher_start(struct fetcher *fetcher, struct fetch_request *request)
{
    const bool with_brotli = fetcher->decode_charged + TRANSFER_BROTLI_MEMORY <= fetcher->decode_memory;
    struct list *spare = queue_take(&fetcher->spare);
    struct transfer *transfer;
    int r = heap_reserve(&fetcher->timers, fetcher->n_running + 1);

    if (spare) {
        fetcher->n_spare--;
        transfer = transfer_at(spare);
    } else {
        int made = transfer_new(&transfer);

        if (made < 0)
            return made;
    }
    if (r == 0)
        r = transfer_prepare(transfer, request, with_brotli);
    if (r < 0) {
        transfer_free(transfer);
        return r;
    }
    transfer->fetcher = fetcher;
    transfer->decode_charge = with_brotli ? TRANSFER_BROTLI_MEMORY : 0;
    fetcher->decode_charged += transfer->decode_charge;
    fetcher->n_running++;
    request->transfer = transfer;
    list_append(&fetcher->fresh, &transfer->link);
    return 0;
}

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
    end(fetcher, transfer);
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
            end(fetcher, transfer);
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
    end(fetcher, transfer);
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

static void take_ended(struct fetcher *fetcher, struct poller *poller)
{
    CURLcode code;
    CURL *easy;

    while ((easy = poller_next_ended(poller, &code))) {
        struct transfer *transfer = NULL;

        (void)curl_easy_getinfo(easy, CURLINFO_PRIVATE, &transfer);
        transfer->poller = NULL;
        switch (transfer_conclude(transfer, code)) {
        case TRANSFER_ENDED:
            end(fetcher, transfer);
            break;
        case TRANSFER_NEXT_ADDRESS:
            resolver_demote(fetcher->resolver, transfer->host, strlen(transfer->host),
                &transfer->addresses[transfer->current - 1]);
            connect_next(fetcher, transfer);
            break;
        case TRANSFER_AGAIN:
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
            end(fetcher, transfer);
        } else if (is_too_slow(transfer, now_usec) || total_deadline(transfer) <= now_usec) {
            transfer_time_out(transfer, now_usec);
            end(fetcher, transfer);
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

static int run_events(struct fetcher *fetcher)
{
    struct epoll_event events[MAX_EVENTS];
    int n = epoll_wait(fetcher->epoll_fd, events, MAX_EVENTS, 0);
    int i;

    if (n < 0)
        return errno == EINTR ? 0 : -errno;
    for (i = 0; i < n; i++) {
        uint32_t id = (uint32_t)(events[i].data.u64 >> 32);
        int fd = (int)(uint32_t)events[i].data.u64;
        struct poller *poller = poller_by_id(fetcher, id);

        if (id == 0)
            resolver_ready(fetcher->resolver, fd, events[i].events);
        else if (poller)
            poller_ready(poller, fd, events[i].events);
    }
    return 0;
}

static void run_timeouts(struct fetcher *fetcher)
{
    uint64_t now_usec = clock_boottime_usec();
    struct poller *poller;

    for (poller = fetcher->pollers; poller; poller = poller->next)
        if (poller->due_usec <= now_usec)
            poller_run_timeouts(poller);
    if (resolver_next_usec(fetcher->resolver, now_usec) <= now_usec)
        resolver_run_timeouts(fetcher->resolver);
}

/* Pollers of before a reload, whose transfers have ended. */
static void drop_old_pollers(struct fetcher *fetcher)
{
    struct poller **place = &fetcher->pollers->next;

    while (*place) {
        struct poller *poller = *place;

        if (poller->n_running > 0) {
            place = &poller->next;
            continue;
        }
        *place = poller->next;
        poller_free(poller);
    }
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
    while (!list_is_empty(&fetcher->ended))
        finish(fetcher, transfer_at(fetcher->ended.next));
    drop_old_pollers(fetcher);
    return fetcher_timeout_ms(fetcher) == 0;
}

int fetcher_run(struct fetcher *fetcher)
{
    int rounds = 0;
    int r;

    fetcher->in_curl = true;
    r = run_events(fetcher);
    fetcher->in_curl = false;
    while (run_round(fetcher) && ++rounds < MAX_ROUNDS)
        ;
    return r;
}

int fetcher_fd(const struct fetcher *fetcher)
{
    return fetcher->epoll_fd;
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
    for (poller = fetcher->pollers; poller; poller = poller->next)
        due_usec = earlier(due_usec, poller->due_usec);
    due_usec = earlier(due_usec, resolver_next_usec(fetcher->resolver, now_usec));
    if (due_usec == USEC_NEVER)
        return -1;
    if (due_usec <= now_usec)
        return 0;
    ms = (due_usec - now_usec + USEC_PER_MSEC - 1) / USEC_PER_MSEC;
    return ms > INT32_MAX ? INT32_MAX : (int)ms;
}

size_t fetcher_running(const struct fetcher *fetcher)
{
    return fetcher->n_running;
}

void fetcher_drop_idle(struct fetcher *fetcher)
{
    /* Without memory the old one goes on: its new connections pass the new guard all the same. */
    (void)add_poller(fetcher);
    drop_old_pollers(fetcher);
}
