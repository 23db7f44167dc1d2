#include "fetch/resolver.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "fetch/name_answer.h"
#include "fetch/name_cache.h"
#include "fetch/queue.h"
#include <ares.h>
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>

/* 2, 4 and 8 seconds, as c-ares doubles it: the fetcher's own limit is usually shorter. */
#define QUERY_TIMEOUT_MS 2000
#define QUERY_TRIES 3
/* The size that survives common paths unfragmented (DNS flag day 2020). */
#define EDNS_SIZE 1232

/* How often it is looked whether the system's configuration changed, as it does when a machine moves. */
#define CONFIGURATION_CHECK_USEC (5 * USEC_PER_SEC)
#define SYSTEM_CONFIGURATION "/etc/resolv.conf"

struct resolver {
    ares_channel channel;
    char *servers; /* NULL: the configuration's */
    char *configuration;
    struct stat configured; /* the configuration as the channel read it */
    uint64_t checked_usec;
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

static void note_configuration(struct resolver *resolver, const struct stat *status)
{
    resolver->configured = *status;
    resolver->checked_usec = clock_boottime_usec();
}

static int open_channel(struct resolver *resolver)
{
    char lookups[] = "fb";
    struct ares_options options = {.timeout = QUERY_TIMEOUT_MS,
        .tries = QUERY_TRIES,
        .ednspsz = EDNS_SIZE,
        .flags = ARES_FLAG_EDNS,
        .lookups = lookups,
        .resolvconf_path = resolver->configuration,
        .sock_state_cb = watch_socket,
        .sock_state_cb_data = resolver};
    struct stat status = {0};
    ares_channel channel;
    int code;

    (void)stat(resolver->configuration, &status);
    code = ares_init_options(&channel, &options,
        ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ | ARES_OPT_LOOKUPS |
            ARES_OPT_RESOLVCONF | ARES_OPT_SOCK_STATE_CB);
    if (code != ARES_SUCCESS)
        return code == ARES_ENOMEM ? -ENOMEM : -EIO;
    if (resolver->servers &&
        (code = ares_set_servers_ports_csv(channel, resolver->servers)) != ARES_SUCCESS) {
        ares_destroy(channel);
        return code == ARES_ENOMEM ? -ENOMEM : -EINVAL;
    }
    if (resolver->channel)
        ares_destroy(resolver->channel);
    resolver->channel = channel;
    note_configuration(resolver, &status);
    return 0;
}

int resolver_new(int epoll_fd, const char *servers, const char *configuration, struct resolver **ret)
{
    CLEANUP(resolver_freep) struct resolver *resolver = NULL;
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
    resolver->configuration = strdup(configuration ? configuration : SYSTEM_CONFIGURATION);
    if (!resolver->configuration || (servers && !(resolver->servers = strdup(servers))))
        return -ENOMEM;
    r = open_channel(resolver);
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
    if (resolver->channel)
        ares_destroy(resolver->channel);
    name_cache_deinit(&resolver->cache);
    free(resolver->servers);
    free(resolver->configuration);
    free(resolver);
}

/* Nothing may be asked: the old channel goes. Without memory for a new one it stays until the next look. */
static void follow_configuration(struct resolver *resolver)
{
    const struct stat *before = &resolver->configured;
    struct stat status = {0};

    if (resolver->servers || clock_boottime_usec() - resolver->checked_usec < CONFIGURATION_CHECK_USEC)
        return;
    if (stat(resolver->configuration, &status) < 0 ||
        (status.st_ino == before->st_ino && status.st_size == before->st_size &&
            status.st_mtim.tv_sec == before->st_mtim.tv_sec &&
            status.st_mtim.tv_nsec == before->st_mtim.tv_nsec))
        note_configuration(resolver, before);
    else
        (void)open_channel(resolver);
}

static void on_answer(void *context, int status, int timeouts, struct ares_addrinfo *info)
{
    struct resolver_entry *entry = context;
    struct resolver *resolver = entry->resolver;

    resolver->n_asked--;
    if (!resolver->is_closing) {
        name_answer_take(entry, status, info);
        name_cache_settle(&resolver->cache, entry);
        queue_move_all(&entry->waits, &resolver->answered);
    }
    if (info)
        ares_freeaddrinfo(info);
}

static void ask_next(struct resolver *resolver)
{
    static const struct ares_addrinfo_hints hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};

    if (resolver->n_asked == 0 && !list_is_empty(&resolver->unasked))
        follow_configuration(resolver);
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
