#include "fetch/resolver.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "fetch/name_answer.h"
#include "fetch/name_cache.h"
#include "fetch/name_channel.h"
#include "fetch/queue.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

/* How often c-ares looks at its timeouts, which are seconds. */
#define TICK_USEC (200 * USEC_PER_MSEC)

struct resolver {
    struct name_channel names;
    struct name_cache cache;
    struct list unasked;  /* entries that wait for their turn */
    struct list young;    /* entries asked a moment ago, oldest first */
    struct list answered; /* waits */
    size_t n_asked;
    size_t n_young;
    uint64_t tick_usec; /* while anything is asked */
    bool is_closing;
};

DEFINE_CLEANUP(struct resolver *, resolver_free)

int resolver_new(int epoll_fd, const char *servers, const char *configuration, struct resolver **ret)
{
    CLEANUP(resolver_freep) struct resolver *resolver = NULL;
    int r;

    resolver = calloc(1, sizeof(*resolver));
    if (!resolver)
        return -ENOMEM;
    list_init(&resolver->unasked);
    list_init(&resolver->young);
    list_init(&resolver->answered);
    r = name_cache_init(&resolver->cache);
    if (r < 0)
        return r;
    r = name_channel_init(&resolver->names, epoll_fd, servers, configuration);
    if (r < 0)
        return r;
    *ret = TAKE(resolver);
    return 0;
}

void resolver_free(struct resolver *resolver)
{
    if (!resolver)
        return;
    resolver->is_closing = true;
    name_channel_deinit(&resolver->names);
    name_cache_deinit(&resolver->cache);
    free(resolver);
}

/* It no longer holds up those that were not asked yet. */
static void leave_young(struct resolver *resolver, struct resolver_entry *entry)
{
    if (!entry->is_young)
        return;
    entry->is_young = false;
    list_remove(&entry->link);
    resolver->n_young--;
}

static void on_answer(void *context, int status, int timeouts, struct ares_addrinfo *info)
{
    struct resolver_entry *entry = context;
    struct resolver *resolver = entry->resolver;

    resolver->n_asked--;
    leave_young(resolver, entry);
    if (!resolver->is_closing && status == ARES_EDESTRUCTION) {
        /* The configuration changed: others are asked. */
        list_append(&resolver->unasked, &entry->link);
    } else if (!resolver->is_closing) {
        name_answer_take(entry, status, info);
        name_cache_settle(&resolver->cache, entry);
        queue_move_all(&entry->waits, &resolver->answered);
    }
    if (info)
        ares_freeaddrinfo(info);
}

static void ask_one(struct resolver *resolver, struct resolver_entry *entry, uint64_t now_usec)
{
    static const struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};

    if (resolver->n_asked++ == 0)
        resolver->tick_usec = clock_add(now_usec, TICK_USEC);
    resolver->n_young++;
    entry->is_young = true;
    entry->asked_usec = now_usec;
    list_append(&resolver->young, &entry->link);
    /* May answer from within, and then the entry is settled already. */
    ares_getaddrinfo(resolver->names.channel, entry->name, NULL, &hints, on_answer, entry);
}

static void ask_next(struct resolver *resolver)
{
    struct list *link;
    uint64_t now_usec;

    if (list_is_empty(&resolver->unasked))
        return;
    name_channel_follow_configuration(&resolver->names);
    now_usec = clock_boottime_usec();
    while (resolver->n_asked < RESOLVER_MAX_QUERIES && resolver->n_young < RESOLVER_MAX_YOUNG &&
        (link = queue_take(&resolver->unasked)))
        ask_one(resolver, CONTAINER_OF(link, struct resolver_entry, link), now_usec);
}

void resolver_wait_init(struct resolver_wait *wait)
{
    list_init(&wait->link);
    wait->entry = NULL;
}

int resolver_ask(struct resolver *resolver, const char *name, size_t size, struct resolver_wait *wait)
{
    struct resolver_entry *entry = name_cache_find(&resolver->cache, name, size);

    assert(list_is_empty(&wait->link));
    if (entry && entry->is_settled && entry->expires_usec <= clock_boottime_usec()) {
        name_cache_unsettle(&resolver->cache, entry);
        list_append(&resolver->unasked, &entry->link);
    }
    if (!entry) {
        entry = name_cache_add(&resolver->cache, name, size);
        if (!entry)
            return -ENOMEM;
        entry->resolver = resolver;
        list_append(&resolver->unasked, &entry->link);
    }
    wait->entry = entry;
    entry->n_waits++;
    if (entry->is_settled) {
        name_cache_touch(&resolver->cache, entry);
        list_append(&resolver->answered, &wait->link);
    } else {
        list_append(&entry->waits, &wait->link);
    }
    ask_next(resolver);
    return 0;
}

void resolver_forget(struct resolver *resolver, struct resolver_wait *wait)
{
    if (!wait->entry)
        return;
    wait->entry->n_waits--;
    wait->entry = NULL;
    list_remove(&wait->link);
}

struct resolver_wait *resolver_next(struct resolver *resolver, struct resolver_answer *ret)
{
    struct list *link;
    struct resolver_wait *wait;
    struct resolver_entry *entry;

    ask_next(resolver);
    name_cache_trim(&resolver->cache, RESOLVER_MAX_NAMES);
    link = queue_take(&resolver->answered);
    if (!link)
        return NULL;
    wait = CONTAINER_OF(link, struct resolver_wait, link);
    entry = wait->entry;
    wait->entry = NULL;
    entry->n_waits--;
    *ret = (struct resolver_answer){entry->status, entry->message, entry->addresses, entry->n_addresses};
    return wait;
}

void resolver_demote(struct resolver *resolver, const char *name, size_t size, const union address *address)
{
    struct resolver_entry *entry = name_cache_find(&resolver->cache, name, size);
    union address demoted;
    size_t i;

    for (i = 0; entry && i < entry->n_addresses; i++) {
        if (!address_equal(&entry->addresses[i], address))
            continue;
        demoted = entry->addresses[i];
        memmove(
            &entry->addresses[i], &entry->addresses[i + 1], (entry->n_addresses - i - 1) * sizeof(demoted));
        entry->addresses[entry->n_addresses - 1] = demoted;
        return;
    }
}

void resolver_ready(struct resolver *resolver, int fd, uint32_t events)
{
    ares_process_fd(resolver->names.channel, events & (EPOLLIN | EPOLLERR | EPOLLHUP) ? fd : ARES_SOCKET_BAD,
        events & EPOLLOUT ? fd : ARES_SOCKET_BAD);
}

static struct resolver_entry *oldest_young(const struct resolver *resolver)
{
    if (list_is_empty(&resolver->young))
        return NULL;
    return CONTAINER_OF(resolver->young.next, struct resolver_entry, link);
}

/* Not ares_timeout(), which looks at every question under way. */
uint64_t resolver_next_usec(const struct resolver *resolver)
{
    const struct resolver_entry *oldest = oldest_young(resolver);
    uint64_t due_usec = resolver->n_asked > 0 ? resolver->tick_usec : USEC_NEVER;
    uint64_t turn_usec = oldest && !list_is_empty(&resolver->unasked)
        ? clock_add(oldest->asked_usec, RESOLVER_YOUNG_USEC)
        : USEC_NEVER;

    return due_usec < turn_usec ? due_usec : turn_usec;
}

void resolver_run_timeouts(struct resolver *resolver)
{
    uint64_t now_usec = clock_boottime_usec();
    struct resolver_entry *oldest;

    while ((oldest = oldest_young(resolver)) && now_usec - oldest->asked_usec >= RESOLVER_YOUNG_USEC)
        leave_young(resolver, oldest);
    if (resolver->n_asked > 0 && resolver->tick_usec <= now_usec) {
        resolver->tick_usec = clock_add(now_usec, TICK_USEC);
        ares_process_fd(resolver->names.channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
    }
    ask_next(resolver);
}

void resolver_drop_names(struct resolver *resolver)
{
    name_cache_trim(&resolver->cache, 0);
}
