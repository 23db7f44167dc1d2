#include "fetch/guard.h"

#include "base/cleanup.h"
#include "fetch/address.h"
#include "fetch/network.h"
#include "fetch/special_purpose.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct guard {
    size_t n_allow;
    size_t n_deny;
    struct network networks[]; /* allowed ones, then denied ones */
};

DEFINE_CLEANUP(struct guard *, guard_free)

int guard_new(const char *const *allow, size_t n_allow, const char *const *deny, size_t n_deny,
    size_t *ret_bad, struct guard **ret)
{
    CLEANUP(guard_freep) struct guard *guard = NULL;
    size_t i;

    guard = calloc(1, sizeof(*guard) + (n_allow + n_deny) * sizeof(guard->networks[0]));
    if (!guard)
        return -ENOMEM;
    guard->n_allow = n_allow;
    guard->n_deny = n_deny;
    for (i = 0; i < n_allow + n_deny; i++) {
        if (network_parse(i < n_allow ? allow[i] : deny[i - n_allow], &guard->networks[i]) < 0) {
            *ret_bad = i;
            return -EINVAL;
        }
    }
    *ret = TAKE(guard);
    return 0;
}

void guard_free(struct guard *guard)
{
    free(guard);
}

static bool any_has(const struct network *networks, size_t n, const struct network_address *address)
{
    size_t i;

    for (i = 0; i < n; i++)
        if (network_has(&networks[i], address))
            return true;
    return false;
}

/* GUARD_OK with *ret_allowed: by AllowNetworks=, whatever it is. */
static enum guard_verdict check_one(
    const struct guard *guard, const struct network_address *address, bool *ret_allowed)
{
    *ret_allowed = false;
    if (any_has(guard->networks + guard->n_allow, guard->n_deny, address))
        return GUARD_DENIED;
    if (any_has(guard->networks, guard->n_allow, address)) {
        *ret_allowed = true;
        return GUARD_OK;
    }
    return special_purpose_is_reachable(address) ? GUARD_OK : GUARD_NOT_GLOBAL;
}

/* What an address embeds is where its packets may end, so that it is judged too. */
static enum guard_verdict check_tables(
    const struct guard *guard, const struct network_address *address, bool *ret_allowed)
{
    struct network_address embedded[SPECIAL_PURPOSE_MAX_EMBEDDED];
    enum guard_verdict verdict = check_one(guard, address, ret_allowed);
    size_t n = special_purpose_embedded(address, embedded);
    size_t i;

    for (i = 0; i < n && verdict == GUARD_OK; i++) {
        bool allowed;

        verdict = check_one(guard, &embedded[i], &allowed);
        if (verdict == GUARD_NOT_GLOBAL && *ret_allowed)
            verdict = GUARD_OK;
    }
    return verdict;
}

/* A UDP connect sends nothing, yet chooses the local address: for an address of ours that is the address
 * itself. The sandbox has no AF_NETLINK to ask. */
static enum guard_verdict check_own(const struct network_address *address)
{
    CLEANUP(closep) int fd = -1;
    union address remote = {0};
    union address local = {0};
    socklen_t size = sizeof(local);
    struct network_address bound;
    const bool is_v4 = network_address_is_v4(address);

    if (is_v4) {
        remote.v4.sin_family = AF_INET;
        remote.v4.sin_port = htons(9);
        memcpy(&remote.v4.sin_addr, address->bytes + 12, 4);
    } else {
        remote.v6.sin6_family = AF_INET6;
        remote.v6.sin6_port = htons(9);
        memcpy(&remote.v6.sin6_addr, address->bytes, 16);
    }
    fd = socket(remote.any.sa_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return errno == EAFNOSUPPORT ? GUARD_OK : GUARD_UNCHECKED;
    /* No route: then it is not ours either. */
    if (connect(fd, &remote.any, is_v4 ? sizeof(remote.v4) : sizeof(remote.v6)) < 0)
        return GUARD_OK;
    if (getsockname(fd, &local.any, &size) < 0 || !network_address_of(&local.any, &bound))
        return GUARD_UNCHECKED;
    return memcmp(bound.bytes, address->bytes, 16) == 0 ? GUARD_OWN : GUARD_OK;
}

enum guard_verdict guard_check_tables(const struct guard *guard, const struct sockaddr *address)
{
    struct network_address plain;
    bool allowed;

    if (!network_address_of(address, &plain))
        return GUARD_NOT_GLOBAL;
    return check_tables(guard, &plain, &allowed);
}

enum guard_verdict guard_check(const struct guard *guard, const struct sockaddr *address)
{
    struct network_address plain;
    struct network_address embedded[SPECIAL_PURPOSE_MAX_EMBEDDED];
    enum guard_verdict verdict;
    bool allowed;
    size_t n;
    size_t i;

    if (!network_address_of(address, &plain))
        return GUARD_NOT_GLOBAL;
    verdict = check_tables(guard, &plain, &allowed);
    if (verdict != GUARD_OK || allowed)
        return verdict;
    verdict = check_own(&plain);
    n = special_purpose_embedded(&plain, embedded);
    for (i = 0; i < n && verdict == GUARD_OK; i++) {
        if (check_one(guard, &embedded[i], &allowed) == GUARD_OK && !allowed)
            verdict = check_own(&embedded[i]);
    }
    return verdict;
}

const char *guard_verdict_message(enum guard_verdict verdict)
{
    switch (verdict) {
    case GUARD_OK:
        return "is allowed";
    case GUARD_NOT_GLOBAL:
        return "is not a public address";
    case GUARD_OWN:
        return "is an address of this machine";
    case GUARD_DENIED:
        return "is denied by DenyNetworks=";
    case GUARD_UNCHECKED:
        return "could not be checked";
    }
    assert(false);
    return NULL;
}
