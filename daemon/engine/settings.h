/* What the engine is told by configuration: one immutable struct, replaced whole by a reload. Workers read it
 * through the tasks that they have in hand; each task keeps the settings that it began with, and the last one
 * frees them. Users are counted on main alone. */
#pragma once

#include "fetch/fetcher.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* How one host is treated. Spans in microseconds. */
struct host_policy {
    uint64_t delay_usec;
    uint64_t delay_max_usec;
    uint32_t connections;
    bool robots;
    bool deny;
};

/* A [Host PATTERN] section: "example.org" or "*.example.org" (which does not mean example.org itself). */
struct host_rule {
    char *pattern;             /* lower case */
    char *from;                /* "FILE:LINE" where it stands first; NULL if not known */
    struct host_policy policy; /* with the defaults filled in */
};

struct engine_settings {
    unsigned n_users; /* beyond the first; see engine_settings_ref() */
    unsigned n_workers;
    uint32_t max_transfers;
    uint64_t top_words;
    struct host_policy host;
    struct host_rule *rules; /* in the order of their patterns' bytes */
    size_t n_rules;
    uint32_t max_attempts;
    uint32_t max_redirects;
    uint64_t max_submit_memory;
    uint64_t totals_bytes; /* memory for totals of jobs that run; 0: none are kept */
    uint64_t max_queued_per_user;
    uint64_t max_store_per_user; /* bytes; 0: any */
    uint64_t max_store_bytes;    /* MaxSize=; 0: any */
    uint64_t keep_jobs_usec;     /* after their end; 0 or USEC_NEVER: for ever */
    bool group_reads;            /* every job may be read by everybody, not by its owner alone */
    uint64_t min_free_bytes;     /* of the store's file system; 0: any */
    uint64_t max_bytes_per_sec;  /* 0: any */
    struct fetch_settings fetch; /* max_connections and decode_memory are per worker; rate is the engine's */

    /* Owners of what `fetch` points to. */
    char *user_agent, *ca_file, *proxy, *dns_servers;
    char *noted; /* what counts depend on, "Name=value" lines, noted with each job; NULL: nothing */
    struct guard *guard;
};

/* One user more, and one fewer, the last of whom frees it. Made with one. _unref takes NULL. Thread: main. */
struct engine_settings *engine_settings_ref(struct engine_settings *settings);
void engine_settings_unref(struct engine_settings *settings);

/* Whether a user may read names, URLs and words of this owner's jobs; of everybody's. */
bool engine_settings_reads(const struct engine_settings *settings, uid_t reader, uid_t owner);
bool engine_settings_reads_all(const struct engine_settings *settings, uid_t reader);

/* The section that a host key is under ("example.org:8080" is under those of example.org): the most specific
 * pattern wins. NULL if none is for it. */
const struct host_rule *engine_settings_rule(const struct engine_settings *settings, const char *host_key);
/* Its policy, or that of hosts without a section. */
const struct host_policy *engine_settings_policy(
    const struct engine_settings *settings, const char *host_key);
