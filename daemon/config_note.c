/* What counts depend on, as text that is noted with each job. */
#include "daemon/config.h"

#include "base/array.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include <inttypes.h>

/* [Host] sections that are noted; of the others the number. */
#define MAX_NOTED_HOSTS 20

static int note_size(struct buffer *note, const char *name, uint64_t bytes)
{
    static const char units[] = {'\0', 'K', 'M', 'G', 'T'};
    size_t unit = 0;

    while (bytes > 0 && bytes % 1024 == 0 && unit + 1 < sizeof(units)) {
        bytes /= 1024;
        unit++;
    }
    return buffer_printf(note, "%s=%" PRIu64 "%.1s\n", name, bytes, &units[unit]);
}

static int note_span(struct buffer *note, const char *name, uint64_t usec)
{
    if (usec % USEC_PER_SEC == 0)
        return buffer_printf(note, "%s=%" PRIu64 "s\n", name, usec / USEC_PER_SEC);
    return buffer_printf(note, "%s=%" PRIu64 "ms\n", name, usec / USEC_PER_MSEC);
}

static int note_networks(struct buffer *note, const char *name, char *const *networks)
{
    int r = networks && networks[0] ? buffer_printf(note, "%s=", name) : 0;

    for (size_t i = 0; networks && networks[i] && r >= 0; i++)
        r = buffer_printf(note, "%s%s", i > 0 ? " " : "", networks[i]);
    return r >= 0 && networks && networks[0] ? buffer_append_text(note, "\n") : r;
}

static const char *yes_or_no(bool value)
{
    return value ? "yes" : "no";
}

/* Delays and connections change when a page is fetched, not what is counted of it. */
static int note_hosts(struct buffer *note, const struct config *config)
{
    size_t n = 0;
    int r = 0;

    for (size_t i = 0; i < config->n_rules && r >= 0; i++) {
        const struct host_policy *policy = &config->rules[i].policy;
        bool deny = policy->deny;

        if (!deny && policy->robots == config->host.robots)
            continue;
        if (n++ < MAX_NOTED_HOSTS)
            r = buffer_printf(note, "[Host %s] %s=%s\n", config->rules[i].pattern, deny ? "Deny" : "Robots",
                yes_or_no(deny || policy->robots));
    }
    if (r >= 0 && n > MAX_NOTED_HOSTS)
        r = buffer_printf(note, "[Host]=%zu more sections\n", n - MAX_NOTED_HOSTS);
    return r;
}

static int note_limits(struct buffer *note, const struct config *config)
{
    int r = note_size(note, "MaxBodySize", config->max_body_size);

    if (r >= 0)
        r = buffer_printf(note, "MaxRedirects=%" PRIu32 "\nMaxAttempts=%" PRIu32 "\n", config->max_redirects,
            config->max_attempts);
    if (r >= 0)
        r = note_span(note, "ConnectTimeoutSec", config->connect_timeout_usec);
    if (r >= 0)
        r = note_span(note, "TransferTimeoutSec", config->transfer_timeout_usec);
    if (r >= 0)
        r = note_size(note, "LowSpeedBytes", config->low_speed_bytes);
    return r < 0 ? r : note_span(note, "LowSpeedSec", config->low_speed_usec);
}

int config_note(const struct config *config, char **ret)
{
    CLEANUP(buffer_deinit) struct buffer note = {0};
    int r = buffer_printf(&note, "Robots=%s\n", yes_or_no(config->host.robots));

    if (r >= 0 && config->contact)
        r = buffer_printf(&note, "Contact=%s\n", config->contact);
    if (r >= 0)
        r = note_limits(&note, config);
    if (r >= 0)
        r = note_networks(&note, "AllowNetworks", config->allow_networks);
    if (r >= 0)
        r = note_networks(&note, "DenyNetworks", config->deny_networks);
    /* Its address may have a password in it. */
    if (r >= 0 && config->proxy)
        r = buffer_append_text(&note, "Proxy=yes\n");
    if (r >= 0)
        r = note_hosts(&note, config);
    if (r >= 0)
        r = buffer_append(&note, "", 1);
    if (r < 0)
        return r;
    *ret = (char *)TAKE(note.bytes);
    return 0;
}
