#include "fetch/name_channel.h"

#include "base/clock.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>

/* 2, 4 and 8 seconds, as c-ares doubles it: the fetcher's own limit is usually shorter. */
#define QUERY_TIMEOUT_MS 2000
#define QUERY_TRIES 3
/* The size that survives common paths unfragmented (DNS flag day 2020). */
#define EDNS_SIZE 1232

/* How often it is looked whether the system's configuration changed, as it does when a machine moves. */
#define CONFIGURATION_CHECK_USEC (5 * USEC_PER_SEC)
#define SYSTEM_CONFIGURATION "/etc/resolv.conf"

/* c-ares opened, wants something else of, or is about to close a socket. */
static void watch_socket(void *context, ares_socket_t fd, int readable, int writable)
{
    struct name_channel *channel = context;
    struct epoll_event event = {
        .events = (readable ? EPOLLIN : 0u) | (writable ? EPOLLOUT : 0u), .data.u64 = (uint32_t)fd};

    if (event.events == 0)
        (void)epoll_ctl(channel->epoll_fd, EPOLL_CTL_DEL, fd, NULL);
    else if (epoll_ctl(channel->epoll_fd, EPOLL_CTL_MOD, fd, &event) < 0 && errno == ENOENT)
        /* If this fails too, the query meets its timeout. */
        (void)epoll_ctl(channel->epoll_fd, EPOLL_CTL_ADD, fd, &event);
}

static int open_channel(struct name_channel *channel)
{
    char lookups[] = "fb";
    struct ares_options options = {.timeout = QUERY_TIMEOUT_MS,
        .tries = QUERY_TRIES,
        .ednspsz = EDNS_SIZE,
        .flags = ARES_FLAG_EDNS,
        .lookups = lookups,
        .resolvconf_path = channel->configuration,
        .sock_state_cb = watch_socket,
        .sock_state_cb_data = channel};
    struct stat status = {0};
    ares_channel opened;
    int code;

    (void)stat(channel->configuration, &status);
    code = ares_init_options(&opened, &options,
        ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_EDNSPSZ | ARES_OPT_LOOKUPS |
            ARES_OPT_RESOLVCONF | ARES_OPT_SOCK_STATE_CB);
    if (code != ARES_SUCCESS)
        return code == ARES_ENOMEM ? -ENOMEM : -EIO;
    if (channel->servers && (code = ares_set_servers_ports_csv(opened, channel->servers)) != ARES_SUCCESS) {
        ares_destroy(opened);
        return code == ARES_ENOMEM ? -ENOMEM : -EINVAL;
    }
    if (channel->channel)
        ares_destroy(channel->channel);
    channel->channel = opened;
    channel->configured = status;
    channel->checked_usec = clock_boottime_usec();
    return 0;
}

int name_channel_init(
    struct name_channel *channel, int epoll_fd, const char *servers, const char *configuration)
{
    *channel = (struct name_channel){.epoll_fd = epoll_fd};
    channel->configuration = strdup(configuration ? configuration : SYSTEM_CONFIGURATION);
    if (!channel->configuration || (servers && !(channel->servers = strdup(servers))))
        return -ENOMEM;
    return open_channel(channel);
}

void name_channel_deinit(struct name_channel *channel)
{
    if (channel->channel)
        ares_destroy(channel->channel);
    free(channel->servers);
    free(channel->configuration);
}

/* Without memory for a new channel the old one stays until the next look. */
void name_channel_follow_configuration(struct name_channel *channel)
{
    const struct stat *before = &channel->configured;
    struct stat status = {0};

    if (channel->servers || clock_boottime_usec() - channel->checked_usec < CONFIGURATION_CHECK_USEC)
        return;
    channel->checked_usec = clock_boottime_usec();
    if (stat(channel->configuration, &status) < 0 ||
        (status.st_ino == before->st_ino && status.st_size == before->st_size &&
            status.st_mtim.tv_sec == before->st_mtim.tv_sec &&
            status.st_mtim.tv_nsec == before->st_mtim.tv_nsec))
        return;
    (void)open_channel(channel);
}
