#include "fetch/name_answer.h"

#include "base/clock.h"
#include <assert.h>
#include <string.h>

static enum resolver_status status_of(int status, const char **ret_message)
{
    switch (status) {
    case ARES_SUCCESS:
        *ret_message = "";
        return RESOLVER_OK;
    case ARES_ENOTFOUND:
    case ARES_EBADNAME:
        *ret_message = "there is no such name";
        return RESOLVER_NO_NAME;
    case ARES_ENODATA:
        *ret_message = "the name has no address";
        return RESOLVER_NO_NAME;
    case ARES_ENOMEM:
        *ret_message = "out of memory";
        return RESOLVER_NO_MEMORY;
    case ARES_ETIMEOUT:
        *ret_message = "the name servers do not answer";
        return RESOLVER_FAILED;
    case ARES_ECONNREFUSED:
        /* Also what c-ares says after failures of theirs. */
        *ret_message = "no name server gives an answer";
        return RESOLVER_FAILED;
    default:
        *ret_message = "the name servers failed";
        return RESOLVER_FAILED;
    }
}

static uint64_t clamp(uint64_t value, uint64_t low, uint64_t high)
{
    return value < low ? low : value > high ? high : value;
}

/* The shortest TTL on the way to the addresses, aliases included. */
static uint64_t ttl_usec(const struct ares_addrinfo *info)
{
    const struct ares_addrinfo_cname *alias;
    const struct ares_addrinfo_node *node;
    int ttl = INT32_MAX;

    for (node = info->nodes; node; node = node->ai_next)
        ttl = node->ai_ttl < ttl ? node->ai_ttl : ttl;
    for (alias = info->cnames; alias; alias = alias->next)
        ttl = alias->ttl < ttl ? alias->ttl : ttl;
    return clamp((uint64_t)(ttl < 0 ? 0 : ttl) * USEC_PER_SEC, RESOLVER_MIN_TTL_USEC, RESOLVER_MAX_TTL_USEC);
}

static uint64_t lifetime_usec(enum resolver_status status, const struct ares_addrinfo *info)
{
    switch (status) {
    case RESOLVER_OK:
        return ttl_usec(info);
    case RESOLVER_NO_NAME:
        return RESOLVER_NO_NAME_TTL_USEC;
    case RESOLVER_FAILED:
        return RESOLVER_FAILURE_TTL_USEC;
    case RESOLVER_NO_MEMORY:
        return 0;
    }
    assert(false);
    return 0;
}

static void take_addresses(struct resolver_entry *entry, const struct ares_addrinfo *info)
{
    const struct ares_addrinfo_node *node;

    for (node = info->nodes; node && entry->n_addresses < RESOLVER_MAX_ADDRESSES; node = node->ai_next)
        if (address_copy(node->ai_addr, &entry->addresses[entry->n_addresses]))
            entry->n_addresses++;
}

static bool is_localhost(const char *name)
{
    static const char localhost[] = "localhost";
    size_t length = strlen(name);
    size_t before = length - (sizeof(localhost) - 1);

    return length >= sizeof(localhost) - 1 && strcmp(name + before, localhost) == 0 &&
        (before == 0 || name[before - 1] == '.');
}

/* RFC 6761 6.3: these names mean this machine, even where no hosts file says so. */
static void take_loopback(struct resolver_entry *entry)
{
    static const char *const loopback[] = {"127.0.0.1", "::1"};

    for (size_t i = 0; i < sizeof(loopback) / sizeof(loopback[0]); i++)
        if (address_parse(loopback[i], strlen(loopback[i]), &entry->addresses[entry->n_addresses]))
            entry->n_addresses++;
    entry->status = status_of(ARES_SUCCESS, &entry->message);
    entry->expires_usec = clock_boottime_usec() + RESOLVER_MAX_TTL_USEC;
}

void name_answer_take(struct resolver_entry *entry, int status, const struct ares_addrinfo *info)
{
    entry->n_addresses = 0;
    if (status != ARES_SUCCESS && is_localhost(entry->name)) {
        take_loopback(entry);
        return;
    }
    if (status == ARES_SUCCESS)
        take_addresses(entry, info);
    if (status == ARES_SUCCESS && entry->n_addresses == 0)
        status = ARES_ENODATA;
    entry->status = status_of(status, &entry->message);
    entry->expires_usec = clock_boottime_usec() + lifetime_usec(entry->status, info);
}
