#include "fetch/fetcher.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "fetch/fetcher_state.h"
#include "fetch/queue.h"
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

static void adopt(struct fetcher *fetcher, const struct fetch_settings *settings)
{
    fetcher->shared.rate = settings->rate;
    fetcher->shared.decode_budget.max_bytes = settings->decode_memory;
    fetcher->max_connections = settings->max_connections > 0 ? settings->max_connections : 1;
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
    adopt(fetcher, settings);
    fetcher->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (fetcher->epoll_fd < 0)
        return -errno;
    r = resolver_new(fetcher->epoll_fd, settings->dns_servers, NULL, &fetcher->resolver);
    if (r < 0)
        return r;
    r = add_poller(fetcher);
    if (r < 0)
        return r;
    *ret = TAKE(fetcher);
    return 0;
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

void fetcher_end(struct fetcher *fetcher, struct transfer *transfer)
{
    halt(fetcher, transfer);
    list_append(&fetcher->ended, &transfer->link);
}

void fetcher_finish(struct fetcher *fetcher, struct transfer *transfer)
{
    struct fetch_request *request = transfer->request;
    struct fetch_result result;

    list_remove(&transfer->link);
    transfer_charge(transfer, transfer->wire_bytes);
    transfer_result(transfer, clock_boottime_usec(), &result);
    decode_budget_give_back(&fetcher->shared.decode_budget, &transfer->decode_charge);
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
    fetcher_finish(fetcher, transfer);
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
    tls_sessions_deinit(&fetcher->shared.tls_sessions);
    resolver_free(fetcher->resolver);
    heap_deinit(&fetcher->timers);
    if (fetcher->epoll_fd >= 0)
        (void)close(fetcher->epoll_fd);
    free(fetcher);
}

int fetcher_start(struct fetcher *fetcher, struct fetch_request *request)
{
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
        r = transfer_prepare(transfer, request, &fetcher->shared);
    if (r < 0) {
        transfer_free(transfer);
        return r;
    }
    fetcher->n_running++;
    request->transfer = transfer;
    list_append(&fetcher->fresh, &transfer->link);
    return 0;
}

int fetcher_fd(const struct fetcher *fetcher)
{
    return fetcher->epoll_fd;
}

bool fetcher_is_held(const struct fetcher *fetcher)
{
    return fetcher->shared.rate && rate_clear_usec(fetcher->shared.rate) > clock_boottime_usec();
}

size_t fetcher_running(const struct fetcher *fetcher)
{
    return fetcher->n_running;
}

void fetcher_drop_old_pollers(struct fetcher *fetcher)
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

void fetcher_drop_idle(struct fetcher *fetcher)
{
    struct poller *old = fetcher->pollers;

    /* Without memory the old one goes on: its new connections pass the new guard all the same. */
    if (add_poller(fetcher) == 0)
        poller_retire(old);
    fetcher_drop_old_pollers(fetcher);
}

void fetcher_reconfigure(struct fetcher *fetcher, const struct fetch_settings *settings)
{
    /* What came before there was a limit is free. */
    if (!fetcher->shared.rate)
        LIST_FOR_EACH (link, &fetcher->running)
            transfer_at(link)->charged_bytes = transfer_wire_bytes(transfer_at(link));
    adopt(fetcher, settings);
    fetcher_drop_idle(fetcher);
}

void fetcher_drop_caches(struct fetcher *fetcher)
{
    struct list *link;

    while ((link = queue_take(&fetcher->spare)))
        transfer_free(transfer_at(link));
    fetcher->n_spare = 0;
    resolver_drop_names(fetcher->resolver);
    fetcher_drop_idle(fetcher);
}
