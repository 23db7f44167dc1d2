#include "daemon/config_keys.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/text.h"
#include "base/text_nearest.h"
#include "daemon/config_value.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_NAMES 64

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)
#define TIB (1024 * GIB)
#define SECONDS(n) ((n)*USEC_PER_SEC)
#define HOURS(n) ((n)*3600 * USEC_PER_SEC)

#define AT(field) offsetof(struct config, field)
#define AT_HOST(field) offsetof(struct host_policy, field)

/* The worker threads and what each may open are bounded by these, whatever is written. */
const struct config_key config_keys[] = {
    {"Daemon", "Workers", CONFIG_WORKERS, AT(workers), 1, 256, "auto", {NULL}},
    {"Daemon", "MaxTransfers", CONFIG_NUMBER32, AT(max_transfers), 1, 100000, "512", {NULL}},
    {"Daemon", "TopWords", CONFIG_NUMBER64, AT(top_words), 0, 1000000, "10", {NULL}},
    {"Daemon", "IdleExitSec", CONFIG_SPAN, AT(idle_exit_usec), SECONDS(1), USEC_NEVER, "infinity", {NULL}},
    {"Daemon", "MaxConnections", CONFIG_NUMBER32, AT(max_connections), 1, 65536, "256", {NULL}},
    {"Daemon", "MaxQueuedUrlsPerUser", CONFIG_NUMBER64, AT(max_queued_urls_per_user), 1, UINT64_C(1000000000),
        "5M", {NULL}},
    {"Daemon", "SubmitIdleSec", CONFIG_SPAN, AT(submit_idle_usec), SECONDS(1), USEC_NEVER, "1h", {NULL}},
    {"Daemon", "MaxStorePerUser", CONFIG_SIZE, AT(max_store_per_user), 0, 1024 * TIB, "0", {NULL}},
    {"Daemon", "LogLevel", CONFIG_LEVEL, AT(log_level), 0, 0, "info", {NULL}},
    {"Daemon", "ReadJobs", CONFIG_CHOICE, AT(group_reads), 0, 0, "owner", {"owner", "group"}},

    {"Fetch", "Contact", CONFIG_CONTACT, AT(contact), 0, 0, NULL, {NULL}},
    {"Fetch", "HostConnections", CONFIG_NUMBER32, AT(host.connections), 1, 1000, "2", {NULL}},
    {"Fetch", "HostDelaySec", CONFIG_SPAN, AT(host.delay_usec), 0, HOURS(24), "1s", {NULL}},
    {"Fetch", "HostDelayMaxSec", CONFIG_SPAN, AT(host.delay_max_usec), 0, HOURS(24), "30s", {NULL}},
    {"Fetch", "MaxBytesPerSec", CONFIG_SIZE, AT(max_bytes_per_sec), 0, TIB, "0", {NULL}},
    {"Fetch", "Robots", CONFIG_BOOL, AT(host.robots), 0, 0, "yes", {NULL}},
    {"Fetch", "MaxAttempts", CONFIG_NUMBER32, AT(max_attempts), 1, 100, "3", {NULL}},
    {"Fetch", "ConnectTimeoutSec", CONFIG_SPAN, AT(connect_timeout_usec), 100 * USEC_PER_MSEC, HOURS(1),
        "10s", {NULL}},
    {"Fetch", "TransferTimeoutSec", CONFIG_SPAN, AT(transfer_timeout_usec), 100 * USEC_PER_MSEC, HOURS(24),
        "60s", {NULL}},
    {"Fetch", "LowSpeedBytes", CONFIG_SIZE, AT(low_speed_bytes), 0, GIB, "1K", {NULL}},
    {"Fetch", "LowSpeedSec", CONFIG_SPAN, AT(low_speed_usec), 0, HOURS(24), "30s", {NULL}},
    {"Fetch", "MaxBodySize", CONFIG_SIZE, AT(max_body_size), 1, TIB, "16M", {NULL}},
    {"Fetch", "MaxRedirects", CONFIG_NUMBER32, AT(max_redirects), 0, 100, "5", {NULL}},
    {"Fetch", "AllowNetworks", CONFIG_NETWORKS, AT(allow_networks), 0, 0, NULL, {NULL}},
    {"Fetch", "DenyNetworks", CONFIG_NETWORKS, AT(deny_networks), 0, 0, NULL, {NULL}},
    {"Fetch", "DecodeMemory", CONFIG_SIZE, AT(decode_memory), 0, TIB, "256M", {NULL}},
    {"Fetch", "CAFile", CONFIG_PEM, AT(ca_file), 0, 0, NULL, {NULL}},
    {"Fetch", "Proxy", CONFIG_TEXT, AT(proxy), 0, 0, NULL, {NULL}},
    {"Fetch", "DnsServers", CONFIG_TEXT, AT(dns_servers), 0, 0, NULL, {NULL}},

    {"Host", "DelaySec", CONFIG_SPAN, AT_HOST(delay_usec), 0, HOURS(24), NULL, {NULL}},
    {"Host", "Connections", CONFIG_NUMBER32, AT_HOST(connections), 1, 1000, NULL, {NULL}},
    {"Host", "Robots", CONFIG_BOOL, AT_HOST(robots), 0, 0, NULL, {NULL}},
    {"Host", "Deny", CONFIG_BOOL, AT_HOST(deny), 0, 0, NULL, {NULL}},

    {"Store", "Sync", CONFIG_CHOICE, AT(sync_full), 0, 0, "full", {"normal", "full"}},
    {"Store", "CacheSize", CONFIG_SIZE, AT(cache_size), MIB, TIB, "256M", {NULL}},
    {"Store", "MaxSubmitMemory", CONFIG_SIZE, AT(max_submit_memory), MIB, TIB, "128M", {NULL}},
    {"Store", "KeepJobsSec", CONFIG_SPAN, AT(keep_jobs_usec), SECONDS(1), USEC_NEVER, "infinity", {NULL}},
    {"Store", "MaxSize", CONFIG_SIZE, AT(max_size), MIB, 1024 * TIB, "0", {NULL}},
    {"Store", "MinFreeSpace", CONFIG_SIZE, AT(min_free_space), 0, 1024 * TIB, "1G", {NULL}},
};
const size_t n_config_keys = sizeof(config_keys) / sizeof(config_keys[0]);
_Static_assert(sizeof(config_keys) / sizeof(config_keys[0]) < MAX_NAMES, "the lists of names hold every key");

const struct config_key *config_find_key(const char *section, const char *name)
{
    for (size_t i = 0; i < n_config_keys; i++)
        if (strcmp(config_keys[i].section, section) == 0 && strcmp(config_keys[i].name, name) == 0)
            return &config_keys[i];
    return NULL;
}

/* Another section that has this key; NULL if none. */
static const char *section_of(const char *name)
{
    for (size_t i = 0; i < n_config_keys; i++)
        if (strcmp(config_keys[i].name, name) == 0)
            return config_keys[i].section;
    return NULL;
}

static const char *nearest_key(const char *section, const char *name)
{
    const char *names[MAX_NAMES];
    size_t n = 0;

    for (size_t i = 0; i < n_config_keys; i++)
        if (strcmp(config_keys[i].section, section) == 0)
            names[n++] = config_keys[i].name;
    names[n] = NULL;
    return text_nearest(name, names);
}

void config_explain_key(const char *section, const char *name, char reason[static CONFIG_MAX_REASON])
{
    const char *other = section_of(name);
    const char *nearest = nearest_key(section, name);

    if (other)
        snprintf(reason, CONFIG_MAX_REASON, "%s= belongs to [%s], not to [%s]", name,
            strcmp(other, "Host") == 0 ? "Host PATTERN" : other, section);
    else if (nearest)
        snprintf(reason, CONFIG_MAX_REASON, "unknown key %.64s= in [%s]: did you mean %s=?", name, section,
            nearest);
    else
        snprintf(reason, CONFIG_MAX_REASON, "unknown key %.64s= in [%s]", name, section);
}

void config_explain_section(const char *section, char reason[static CONFIG_MAX_REASON])
{
    static const char *const names[] = {"Daemon", "Fetch", "Store", "Host PATTERN", NULL};
    const char *nearest = text_nearest(section, names);

    if (nearest)
        snprintf(reason, CONFIG_MAX_REASON,
            "unknown section [%.64s], what is in it is ignored: did you mean [%s]?", section, nearest);
    else
        snprintf(reason, CONFIG_MAX_REASON, "unknown section [%.64s], what is in it is ignored", section);
}

static int in_range(const struct config_key *key, uint64_t value)
{
    /* Where it stands for no limit. */
    if (value == 0 && config_zero_is_none(key))
        return 0;
    return value < key->min || value > key->max ? -ERANGE : 0;
}

static int assign_u64(const struct config_key *key, int (*parse)(const char *text, uint64_t *ret),
    const char *value, uint64_t *ret)
{
    uint64_t parsed = 0;
    int r;

    r = parse(value, &parsed);
    if (r == 0)
        r = in_range(key, parsed);
    if (r == 0)
        *ret = parsed;
    return r;
}

static int assign_u32(const struct config_key *key, const char *value, uint32_t *ret)
{
    uint64_t parsed = 0;
    int r;

    if (key->type == CONFIG_WORKERS && strcmp(value, "auto") == 0) {
        *ret = config_processors() < key->max ? config_processors() : (uint32_t)key->max;
        return 0;
    }
    r = assign_u64(key, config_parse_number, value, &parsed);
    if (r == 0)
        *ret = (uint32_t)parsed;
    return r;
}

static int assign_bool(const char *value, bool *ret)
{
    int parsed = 0;
    int r;

    r = text_parse_bool(value, &parsed);
    if (r == 0)
        *ret = parsed;
    return r;
}

static int assign_choice(const struct config_key *key, const char *value, bool *ret)
{
    for (int i = 0; i < 2; i++)
        if (strcmp(value, key->choices[i]) == 0) {
            *ret = i == 1;
            return 0;
        }
    return -EINVAL;
}

static int assign_text(const struct config_key *key, const char *value, char **ret)
{
    char *copy;

    if ((key->type == CONFIG_PATH || key->type == CONFIG_PEM) && value[0] != '/')
        return -EINVAL;
    if (key->type == CONFIG_CONTACT && config_check_contact(value) < 0)
        return -EINVAL;
    copy = strdup(value);
    if (!copy)
        return -ENOMEM;
    free(*ret);
    *ret = copy;
    return 0;
}

static int assign_networks(
    const struct config_key *key, const char *value, char ***list, char reason[static CONFIG_MAX_REASON])
{
    char *bad = NULL;
    int r;

    r = config_add_networks(value, list, &bad);
    if (r == -EINVAL)
        config_explain_value(key, bad ? bad : value, reason);
    free(bad);
    return r;
}

void config_release(const struct config_key *key, void *base)
{
    void *field = (char *)base + key->offset;

    switch (key->type) {
    case CONFIG_CONTACT:
    case CONFIG_TEXT:
    case CONFIG_PATH:
    case CONFIG_PEM:
        free(*(char **)field);
        *(char **)field = NULL;
        break;
    case CONFIG_NETWORKS:
        config_free_list(*(char ***)field);
        *(char ***)field = NULL;
        break;
    case CONFIG_WORKERS:
    case CONFIG_NUMBER32:
    case CONFIG_NUMBER64:
    case CONFIG_SIZE:
    case CONFIG_SPAN:
    case CONFIG_BOOL:
    case CONFIG_CHOICE:
    case CONFIG_LEVEL:
        break;
    }
}

int config_assign(
    const struct config_key *key, const char *value, void *base, char reason[static CONFIG_MAX_REASON])
{
    void *field = (char *)base + key->offset;
    int r = -EINVAL;

    if (!*value && key->standard)
        value = key->standard;
    if (!*value) {
        config_release(key, base);
        return 0;
    }
    switch (key->type) {
    case CONFIG_WORKERS:
    case CONFIG_NUMBER32:
        r = assign_u32(key, value, field);
        break;
    case CONFIG_NUMBER64:
        r = assign_u64(key, config_parse_number, value, field);
        break;
    case CONFIG_SIZE:
        r = assign_u64(key, text_parse_size, value, field);
        break;
    case CONFIG_SPAN:
        r = assign_u64(key, text_parse_span, value, field);
        break;
    case CONFIG_BOOL:
        r = assign_bool(value, field);
        break;
    case CONFIG_CHOICE:
        r = assign_choice(key, value, field);
        break;
    case CONFIG_LEVEL:
        r = log_level_from_string(value, field);
        break;
    case CONFIG_CONTACT:
    case CONFIG_TEXT:
    case CONFIG_PATH:
    case CONFIG_PEM:
        r = assign_text(key, value, field);
        break;
    case CONFIG_NETWORKS:
        return assign_networks(key, value, field, reason);
    }
    if (r == -EINVAL || r == -ERANGE) {
        config_explain_value(key, value, reason);
        return -EINVAL;
    }
    return r;
}
