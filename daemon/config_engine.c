#include "daemon/config.h"

#include "base/cleanup.h"
#include "fetch/guard.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define AGENT "urlstatd/" URLSTAT_VERSION

DEFINE_CLEANUP(struct engine_settings *, engine_settings_unref)

/* A copy, or NULL for NULL. Returns 0 or -ENOMEM. */
static int copy_text(const char *text, char **ret)
{
    char *copy;

    if (!text)
        return 0;
    copy = strdup(text);
    if (!copy)
        return -ENOMEM;
    *ret = copy;
    return 0;
}

static int make_user_agent(const char *contact, char **ret)
{
    char *agent = NULL;

    if (!contact)
        return copy_text(AGENT, ret);
    if (asprintf(&agent, AGENT " (+%s)", contact) < 0)
        return -ENOMEM;
    *ret = agent;
    return 0;
}

static int copy_rules(const struct config *config, struct engine_settings *settings)
{
    struct host_rule *rules;

    if (config->n_rules == 0)
        return 0;
    rules = calloc(config->n_rules, sizeof(rules[0]));
    if (!rules)
        return -ENOMEM;
    settings->rules = rules;
    settings->n_rules = config->n_rules;
    for (size_t i = 0; i < config->n_rules; i++) {
        struct host_rule rule = {.policy = config->rules[i].policy};
        int r = copy_text(config->rules[i].pattern, &rule.pattern);

        if (r == 0)
            r = copy_text(config->rules[i].from, &rule.from);
        rules[i] = rule;
        if (r < 0)
            return r;
    }
    return 0;
}

static size_t list_length(char *const *list)
{
    size_t n = 0;

    while (list && list[n])
        n++;
    return n;
}

static int make_guard(const struct config *config, struct guard **ret)
{
    size_t bad;

    return guard_new((const char *const *)config->allow_networks, list_length(config->allow_networks),
        (const char *const *)config->deny_networks, list_length(config->deny_networks), &bad, ret);
}

static int copy_owned(const struct config *config, struct engine_settings *settings)
{
    int r;

    r = make_user_agent(config->contact, &settings->user_agent);
    if (r == 0)
        r = copy_text(config->ca_file, &settings->ca_file);
    if (r == 0)
        r = copy_text(config->proxy, &settings->proxy);
    if (r == 0)
        r = config_note(config, &settings->noted);
    if (r == 0)
        r = copy_text(config->dns_servers, &settings->dns_servers);
    if (r == 0)
        r = make_guard(config, &settings->guard);
    if (r == 0)
        r = copy_rules(config, settings);
    return r;
}

/* One fetcher's part. Connections are bounded by the transfers of all: a worker that has one host alone may
 * use every one of them. */
static struct fetch_settings fetcher_settings(const struct config *config, struct engine_settings *settings)
{
    return (struct fetch_settings){
        .user_agent = settings->user_agent,
        .guard = settings->guard,
        .ca_file = settings->ca_file,
        .proxy = settings->proxy,
        .dns_servers = settings->dns_servers,
        .connect_timeout_usec = config->connect_timeout_usec,
        .transfer_timeout_usec = config->transfer_timeout_usec,
        .low_speed_bytes = config->low_speed_bytes,
        .low_speed_usec = config->low_speed_usec,
        .max_body_bytes = config->max_body_size,
        .decode_memory = config->decode_memory / config->workers,
        .max_connections = (config->max_transfers + config->workers - 1) / config->workers,
    };
}

/* Of CacheSize=, one part in so many. */
#define TOTALS_SHARE 2

uint64_t config_totals_bytes(const struct config *config)
{
    return config->cache_size / TOTALS_SHARE;
}

int config_make_engine_settings(const struct config *config, struct engine_settings **ret)
{
    struct engine_settings *settings CLEANUP(engine_settings_unrefp) = calloc(1, sizeof(*settings));
    int r;

    if (!settings)
        return -ENOMEM;
    r = copy_owned(config, settings);
    if (r < 0)
        return r;
    settings->n_workers = config->workers;
    settings->max_transfers = config->max_transfers;
    settings->top_words = config->top_words;
    settings->host = config->host;
    settings->max_attempts = config->max_attempts;
    settings->max_redirects = config->max_redirects;
    settings->max_submit_memory = config->max_submit_memory;
    settings->totals_bytes = config_totals_bytes(config);
    settings->max_queued_per_user = config->max_queued_urls_per_user;
    settings->max_store_per_user = config->max_store_per_user;
    settings->max_store_bytes = config->max_size;
    settings->keep_jobs_usec = config->keep_jobs_usec;
    settings->group_reads = config->group_reads;
    settings->min_free_bytes = config->min_free_space;
    settings->max_bytes_per_sec = config->max_bytes_per_sec;
    settings->fetch = fetcher_settings(config, settings);
    *ret = TAKE(settings);
    return 0;
}
