/* [Host PATTERN] sections while files are read: each holds what it was given, and takes the rest from [Fetch]
 * once everything has been read. Thread: main. */
#pragma once

#include "daemon/config_keys.h"

/* One section, or several of the same pattern. */
struct config_host {
    struct host_rule rule;
    uint32_t given; /* a bit for each key of the table's [Host PATTERN] that was assigned */
};

struct config_hosts {
    struct config_host *items;
    size_t n;
    size_t capacity;
};

void config_hosts_deinit(struct config_hosts *hosts);

/* "Example.ORG." and "*.example.org" as host keys are spelled. -EINVAL for what is no host; -ENOMEM. */
int config_parse_pattern(const char *text, char **ret);

/* The section of a pattern as it is spelled by now, made if there is none; `where` it stands. *ret: its
 * index. Returns 0 or -ENOMEM. */
int config_hosts_find(struct config_hosts *hosts, const char *pattern, const char *where, size_t *ret);

/* As config_assign(); an empty value makes the key inherit again. */
int config_hosts_assign(struct config_hosts *hosts, size_t index, const struct config_key *key,
    const char *value, char reason[static CONFIG_MAX_REASON]);

/* Fills in what was not given and hands the rules to the configuration, sorted. Returns 0 or -ENOMEM. */
int config_hosts_finish(struct config_hosts *hosts, struct config *config);
