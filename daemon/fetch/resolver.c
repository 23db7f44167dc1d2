#include "fetch/resolver.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "fetch/name_cache.h"
#include "fetch/queue.h"
#include <ares.h>
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

/* 2, 4 and 8 seconds, as c-ares doubles it: the fetcher's own limit is usually shorter. */
#define QUERY_TIMEOUT_MS 2000
#define QUERY_TRIES 3
/* The size that survives common paths unfragmented (DNS flag day 2020). */
#define EDNS_SIZE 1232

struct resolver {
    ares_channel channel;
    int epoll_fd;
    struct name_cache cache;
    struct list unasked;  /* entries that wait for one of RESOLVER_MAX_QUERIES */
    struct list answered; /* waits */
    size_t n_asked;
    bool is_closing;
};

DEFINE_CLEANUP(struct resolver *, resolver_free)

/* c-ares opened, wants something else of, or is about to close a socket. */
static void watch_socket(void *context, ares_socket_t fd, int readable, int writable)
{
    struct resolver *resolver = context;
    struct epoll_event event = {
        .events = (readable ? EPOLLIN : 0u) | (writable ? EPOLLOUT : 0u), .data.u64 = (uint32_t)fd};

    if (event.events == 0)
        (void)epoll_ctl(resolver->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
    else if (epoll_ctl(resolver->epoll_fd, EPOLL_CTL_MOD, fd, &event) < 0 && errno == ENOENT)
        /* If this fails too, the query meets its timeout. */
        (void)epoll_ctl(resolver->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

int resolver_new(int epoll_fd, const char *servers, struct resolver **ret)
{
    CLEANUP(resolver_freep) struct resolver *resolver = NULL;
    char lookups[] = "fb";
    struct ares_options options = {.timeout = QUERY_TIMEOUT_MS,
        .tries = QUERY_TRIES,
        .ednspsz = EDNS_SIZE,
        .flags = ARES_FLAG_EDNS,
        .lookups = lookups,
        .sock_state_cb = watch_socket};
    int status;
    int r;

    resolver = calloc(1, sizeof(*resolver));
    if (!resolver)
        return -ENOMEM;
    list_init(&resolver->unasked);
    list_init(&resolver->answered);
    resolver->epoll_fd = epoll_fd;
    r = name_cache_init(&resolver->cache);
    if (r < 0)
        return r;

    options.sock_state_cb_data = resolver;
    status = ares_init_options(&resolver->channel, &options,
        ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ | ARES_OPT_LOOKUPS |
            ARES_OPT_SOCK_STATE_CB);
    if (status != ARES_SUCCESS)
        return status == ARES_ENOMEM ? -ENOMEM : -EIO;
    if (servers && (status = ares_set_servers_ports_csv(resolver->channel, servers)) != ARES_SUCCESS)
        return status == ARES_ENOMEM ? -ENOMEM : -EINVAL;
    *ret = TAKE(resolver);
    return 0;
}

void resolver_free(struct resolver *resolver)
{
    if (!resolver)
        return;
    resolver->is_closing = true;
    if (resolver->channel)
        ares_destroy(resolver->channel);
    name_cache_deinit(&resolver->cache);
    free(resolver);
}

static enum resolver_status status_of(int status, const char **ret_message)
{
    switch (status) {
    case ARES_SUCCESS:
        *ret_message = "";
        return RESOLVER_OK;
    case ARES_ENOTFOUND:
    case ARES_EBADNAME:
        *ret_message = "there is no such name";
        return RESOLVER_NO_NAME;
    case ARES_ENODATA:
        *ret_message = "the name has no address";
        return RESOLVER_NO_NAME;
    case ARES_ENOMEM:
        *ret_message = "out of memory";
        return RESOLVER_NO_MEMORY;
    case ARES_ETIMEOUT:
        *ret_message = "the name servers do not answer";
        return RESOLVER_FAILED;
    case ARES_ECONNREFUSED:
        /* Also what c-ares says after failures of theirs. */
        *ret_message = "no name server gives an answer";
        return RESOLVER_FAILED;
    default:
        *ret_message = "the name servers failed";
        return RESOLVER_FAILED;
    }
}

static uint64_t clamp(uint64_t value, uint64_t low, uint64_t high)
{
    return value < low ? low : value > high ? high : value;
}

/* The shortest TTL on the way to the addresses, aliases included. */
static uint64_t ttl_usec(const struct ares_addrinfo *info)
{
    const struct ares_addrinfo_cname *alias;
    const struct ares_addrinfo_node *node;
    int ttl = INT32_MAX;

    for (node = info->nodes; node; node = node->ai_next)
        ttl = node->ai_ttl < ttl ? node->ai_ttl : ttl;
    for (alias = info->cnames; alias; alias = alias->next)
        ttl = alias->ttl < ttl ? alias->ttl : ttl;
    return clamp((uint64_t)(ttl < 0 ? 0 : ttl) * USEC_PER_SEC, RESOLVER_MIN_TTL_USEC, RESOLVER_MAX_TTL_USEC);
}

static uint64_t lifetime_usec(enum resolver_status status, const struct ares_addrinfo *info)
{
    switch (status) {
    case RESOLVER_OK:
        return ttl_usec(info);
    case RESOLVER_NO_NAME:
        return RESOLVER_NO_NAME_TTL_USEC;
    case RESOLVER_FAILED:
        return RESOLVER_FAILURE_TTL_USEC;
    case RESOLVER_NO_MEMORY:
        return 0;
    }
    assert(false);
    return 0;
}

static void take_addresses(struct resolver_entry *entry, const struct ares_addrinfo *info)
{
    const struct ares_addrinfo_node *node;

    for (node = info->nodes; node && entry->n_addresses < RESOLVER_MAX_ADDRESSES; node = node->ai_next)
        if (address_copy(node->ai_addr, &entry->addresses[entry->n_addresses]))
            entry->n_addresses++;
}

static void on_answer(void *context, int status, int timeouts, struct ares_addrinfo *info)
{
    struct resolver_entry *entry = context;
    struct resolver *resolver = entry->resolver;

    resolver->n_asked--;
    if (!resolver->is_closing) {
        entry->n_addresses = 0;
        if (status == ARES_SUCCESS)
            take_addresses(entry, info);
        if (status == ARES_SUCCESS && entry->n_addresses == 0)
            status = ARES_ENODATA;
        entry->status = status_of(status, &entry->message);
        entry->expires_usec = clock_boottime_usec() + lifetime_usec(entry->status, info);
        name_cache_settle(&resolver->cache, entry);
        queue_move_all(&entry->waits, &resolver->answered);
    }
    if (info)
        ares_freeaddrinfo(info);
}

static void ask_next(struct resolver *resolver)
{
    static const struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};

    while (resolver->n_asked < RESOLVER_MAX_QUERIES && !list_is_empty(&resolver->unasked)) {
        struct resolver_entry *entry =
            CONTAINER_OF(queue_take(&resolver->unasked), struct resolver_entry, link);

        resolver->n_asked++;
        /* May answer from within, and then the entry is settled already. */
        ares_getaddrinfo(resolver->channel, entry->name, NULL, &hints, on_answer, entry);
    }
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
    ares_process_fd(resolver->channel, events & (EPOLLIN | EPOLLERR | EPOLLHUP) ? fd : ARES_SOCKET_BAD,
        events & EPOLLOUT ? fd : ARES_SOCKET_BAD);
}

uint64_t resolver_next_usec(struct resolver *resolver, uint64_t now_usec)
{
    struct timeval wait;

    if (resolver->n_asked == 0 || !ares_timeout(resolver->channel, NULL, &wait))
        return USEC_NEVER;
    return now_usec + (uint64_t)wait.tv_sec * USEC_PER_SEC + (uint64_t)wait.tv_usec;
}

void resolver_run_timeouts(struct resolver *resolver)
{
    if (resolver->n_asked > 0)
        ares_process_fd(resolver->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}
