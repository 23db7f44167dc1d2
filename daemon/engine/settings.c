#include "engine/settings.h"

#include "engine/pattern.h"
#include "fetch/guard.h"

#include <stdlib.h>
#include <string.h>

#define WILDCARD "*."

struct engine_settings *engine_settings_ref(struct engine_settings *settings)
{
    settings->n_users++;
    return settings;
}

void engine_settings_unref(struct engine_settings *settings)
{
    if (!settings)
        return;
    if (settings->n_users > 0) {
        settings->n_users--;
        return;
    }
    for (size_t i = 0; i < settings->n_rules; i++) {
        free(settings->rules[i].pattern);
        free(settings->rules[i].from);
    }
    free(settings->rules);
    guard_free(settings->guard);
    free(settings->user_agent);
    free(settings->noted);
    free(settings->ca_file);
    free(settings->proxy);
    free(settings->dns_servers);
    free(settings);
}

bool engine_settings_reads_all(const struct engine_settings *settings, uid_t reader)
{
    return settings->group_reads || reader == 0;
}

bool engine_settings_reads(const struct engine_settings *settings, uid_t reader, uid_t owner)
{
    return reader == owner || engine_settings_reads_all(settings, reader);
}

struct wanted {
    const char *prefix;
    const char *host;
    size_t length;
};

/* As strcmp() of prefix and host together with the pattern. */
static int compare(const void *key, const void *element)
{
    const struct wanted *wanted = key;
    const char *pattern = ((const struct host_rule *)element)->pattern;
    size_t prefix_length = strlen(wanted->prefix);
    int order;

    order = strncmp(wanted->prefix, pattern, prefix_length);
    if (order != 0)
        return order;
    order = strncmp(wanted->host, pattern + prefix_length, wanted->length);
    if (order != 0)
        return order;
    return pattern[prefix_length + wanted->length] ? -1 : 0;
}

static const struct host_rule *find_rule(
    const struct engine_settings *settings, const char *prefix, const char *host, size_t length)
{
    struct wanted wanted = {prefix, host, length};

    return bsearch(&wanted, settings->rules, settings->n_rules, sizeof(settings->rules[0]), compare);
}

const struct host_rule *engine_settings_rule(const struct engine_settings *settings, const char *host_key)
{
    const char *end = host_key + pattern_host_length(host_key);
    const struct host_rule *rule;
    const char *dot;

    if (settings->n_rules == 0)
        return NULL;
    rule = find_rule(settings, "", host_key, (size_t)(end - host_key));
    /* From the longest parent domain to the shortest. */
    for (dot = host_key; !rule && (dot = memchr(dot, '.', (size_t)(end - dot))); dot++)
        rule = find_rule(settings, WILDCARD, dot + 1, (size_t)(end - dot - 1));
    return rule;
}

const struct host_policy *engine_settings_policy(const struct engine_settings *settings, const char *host_key)
{
    const struct host_rule *rule = engine_settings_rule(settings, host_key);

    return rule ? &rule->policy : &settings->host;
}
