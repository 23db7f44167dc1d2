#include "daemon/config_host.h"

#include "base/array.h"
#include "engine/pattern.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void config_hosts_deinit(struct config_hosts *hosts)
{
    for (size_t i = 0; i < hosts->n; i++) {
        free(hosts->items[i].rule.pattern);
        free(hosts->items[i].rule.from);
    }
    free(hosts->items);
    *hosts = (struct config_hosts){0};
}

int config_parse_pattern(const char *text, char **ret)
{
    const char *bracket = strrchr(text, ']');

    /* A policy is a host's, whatever its ports. */
    if (strchr(bracket ? bracket : text, ':'))
        return -EINVAL;
    return pattern_parse(text, ret);
}

int config_hosts_find(struct config_hosts *hosts, const char *pattern, const char *where, size_t *ret)
{
    char *copy, *from;
    int r;

    for (size_t i = 0; i < hosts->n; i++)
        if (strcmp(hosts->items[i].rule.pattern, pattern) == 0) {
            *ret = i;
            return 0;
        }
    r = array_reserve_one(&hosts->items, hosts->n, &hosts->capacity, sizeof(hosts->items[0]));
    if (r < 0)
        return r;
    copy = strdup(pattern);
    from = strdup(where);
    if (!copy || !from) {
        free(copy);
        free(from);
        return -ENOMEM;
    }
    hosts->items[hosts->n] = (struct config_host){.rule = {.pattern = copy, .from = from}};
    *ret = hosts->n++;
    return 0;
}

/* The bit of a key in `given`. */
static uint32_t key_bit(const struct config_key *key)
{
    const struct config_key *first = config_keys;

    while (strcmp(first->section, "Host") != 0)
        first++;
    return UINT32_C(1) << (key - first);
}

int config_hosts_assign(struct config_hosts *hosts, size_t index, const struct config_key *key,
    const char *value, char reason[static CONFIG_MAX_REASON])
{
    struct config_host *host = &hosts->items[index];
    int r;

    if (!*value) {
        host->given &= ~key_bit(key);
        return 0;
    }
    r = config_assign(key, value, &host->rule.policy, reason);
    if (r < 0)
        return r;
    host->given |= key_bit(key);
    return 0;
}

static bool is_given(const struct config_host *host, const char *name)
{
    return host->given & key_bit(config_find_key("Host", name));
}

static void inherit(struct config_host *host, const struct host_policy *standard)
{
    struct host_policy *policy = &host->rule.policy;

    if (!is_given(host, "DelaySec"))
        policy->delay_usec = standard->delay_usec;
    if (!is_given(host, "Connections"))
        policy->connections = standard->connections;
    if (!is_given(host, "Robots"))
        policy->robots = standard->robots;
    if (!is_given(host, "Deny"))
        policy->deny = standard->deny;
    /* A delay that was asked for is kept, however long. */
    policy->delay_max_usec =
        standard->delay_max_usec > policy->delay_usec ? standard->delay_max_usec : policy->delay_usec;
}

static int by_pattern(const void *a, const void *b)
{
    return strcmp(((const struct host_rule *)a)->pattern, ((const struct host_rule *)b)->pattern);
}

int config_hosts_finish(struct config_hosts *hosts, struct config *config)
{
    struct host_rule *rules;

    if (hosts->n == 0)
        return 0;
    rules = calloc(hosts->n, sizeof(rules[0]));
    if (!rules)
        return -ENOMEM;
    for (size_t i = 0; i < hosts->n; i++) {
        inherit(&hosts->items[i], &config->host);
        rules[i] = hosts->items[i].rule;
        hosts->items[i].rule.pattern = hosts->items[i].rule.from = NULL;
    }
    qsort(rules, hosts->n, sizeof(rules[0]), by_pattern);
    config->rules = rules;
    config->n_rules = hosts->n;
    return 0;
}
