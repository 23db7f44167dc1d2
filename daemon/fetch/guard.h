/* The address guard: which addresses a fetch may connect to. By IANA's IPv4 and IPv6 Special-Purpose Address
 * Registries only globally reachable ones; not this machine's own; v6 forms that embed a refused v4 (mapped,
 * NAT64, 6to4, Teredo) are refused. AllowNetworks= overrides, DenyNetworks= overrides that. Immutable once
 * made: then any thread. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>

struct guard;

/* CIDR networks ("127.0.0.0/8", "::1", "fd00::/8"), already split. On -EINVAL *ret_bad is the index of the
 * first bad one in `allow`, or n_allow plus its index in `deny`. */
int guard_new(const char *const *allow, size_t n_allow, const char *const *deny, size_t n_deny,
    size_t *ret_bad, struct guard **ret);
void guard_free(struct guard *guard);

enum guard_verdict {
    GUARD_OK,
    GUARD_NOT_GLOBAL, /* special purpose */
    GUARD_OWN,        /* an address of this machine */
    GUARD_DENIED,     /* by DenyNetworks= */
    GUARD_UNCHECKED,  /* no descriptor to find out whether it is our own: refused, but not by rule */
};

/* `address` is a sockaddr_in or sockaddr_in6. */
enum guard_verdict guard_check(const struct guard *guard, const struct sockaddr *address);

/* The same by the tables alone, without a system call: never GUARD_OWN or GUARD_UNCHECKED. For sorting out
 * addresses early; whoever connects calls guard_check(). */
enum guard_verdict guard_check_tables(const struct guard *guard, const struct sockaddr *address);

/* One clause: "is not a public address". */
const char *guard_verdict_message(enum guard_verdict verdict);
