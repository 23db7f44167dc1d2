/* The c-ares channel of a resolver, opened anew when the system's configuration changes. Owner and thread:
 * one resolver. */
#pragma once

#include <ares.h>
#include <stdint.h>
#include <sys/stat.h>

struct name_channel {
    ares_channel channel;
    char *servers; /* NULL: the configuration's */
    char *configuration;
    struct stat configured; /* the configuration as the channel read it */
    uint64_t checked_usec;
    int epoll_fd;
};

/* See resolver_new(). On failure it is to be deinitialised all the same. */
int name_channel_init(
    struct name_channel *channel, int epoll_fd, const char *servers, const char *configuration);

/* Both end the questions under way with ARES_EDESTRUCTION, the second only those of a channel that it
 * replaces: at most every five seconds it looks whether the configuration changed. Not from within c-ares'
 * callbacks. */
void name_channel_deinit(struct name_channel *channel);
void name_channel_follow_configuration(struct name_channel *channel);
