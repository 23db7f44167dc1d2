/* Configuration: files, drop-ins and the command line, read once into one struct. INI in systemd's manner,
 * sections and keys as in urlstatd.conf(5). Thread: main. */
#pragma once

#include "engine/settings.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config {
    /* [Daemon] */
    unsigned workers;
    uint32_t max_transfers;
    uint64_t top_words;
    uint64_t idle_exit_usec; /* USEC_NEVER: off */
    uint32_t max_connections;
    uint64_t max_queued_urls_per_user;
    uint64_t max_store_per_user; /* 0: any */
    uint64_t submit_idle_usec;   /* USEC_NEVER: for ever */
    bool group_reads;            /* ReadJobs=group */
    int log_level;               /* of syslog(3) */

    /* [Fetch] */
    char *contact; /* NULL: unset */
    struct host_policy host;
    uint64_t max_bytes_per_sec;
    uint32_t max_attempts;
    uint64_t connect_timeout_usec, transfer_timeout_usec, low_speed_usec;
    uint64_t low_speed_bytes;
    uint64_t max_body_size;
    uint32_t max_redirects;
    char **allow_networks, **deny_networks; /* NULL-terminated; NULL: none */
    uint64_t decode_memory;
    char *ca_file, *proxy;
    char *dns_servers; /* for tests, in no manual page */

    /* [Host PATTERN], in the order of the patterns' bytes */
    struct host_rule *rules;
    size_t n_rules;

    /* [Store] */
    bool sync_full;
    uint64_t cache_size, max_submit_memory, min_free_space;
    uint64_t max_size;       /* 0: any */
    uint64_t keep_jobs_usec; /* USEC_NEVER: for ever */

    /* the command line alone */
    char *listen; /* NULL: from the manager */
    char *state_directory;

    /* Warnings that were found: unknown keys, bad values. */
    size_t n_warnings;
};

/* Where a warning goes: "FILE:LINE" and the reason. */
typedef void (*config_warn)(void *userdata, const char *where, const char *what);

/* Defaults, then the files (`file` alone if given; else urlstatd.conf and urlstatd.conf.d/NAME.conf of
 * /etc/urlstatd, /run/urlstatd and /usr/lib/urlstatd, or of $XDG_CONFIG_HOME/urlstatd for a user's daemon; a
 * drop-in in /etc hides those of its name below /run and /usr/lib; drop-ins are read in the order of their
 * names). A missing file is none, but for `file`. What is wrong in a file is a warning, and its default
 * stays. $CREDENTIALS_DIRECTORY adds the proxy's password. After fetch_init(), which knows how hosts are
 * spelled. Returns 0, -ENOENT and the like for `file`,
 * or -ENOMEM. */
int config_load(const char *file, bool user, config_warn warn, void *userdata, struct config **ret);
void config_free(struct config *config);

/* One key from the command line. -EINVAL with `reason`: "\"many\" is not a whole number from 1 to 256". Or
 * -ENOMEM. */
#define CONFIG_MAX_REASON 512
int config_set(struct config *config, const char *section, const char *key, const char *value,
    char reason[static CONFIG_MAX_REASON]);

/* The engine's part, made anew; the caller's. Returns 0, -EINVAL for networks that do not parse
 * (config_load() and config_set() let none through), or -ENOMEM. */
int config_make_engine_settings(const struct config *config, struct engine_settings **ret);
/* What counts depend on, as "Name=value" lines; the caller's to free. Returns 0 or -ENOMEM. */
int config_note(const struct config *config, char **ret);
/* Of CacheSize=, for totals of jobs that run; the rest is the store's. */
uint64_t config_totals_bytes(const struct config *config);
