/* A CIDR network, IPv4 and IPv6 alike: IPv4 lives in ::ffff:0:0/96. Pure. Thread: any. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

/* An address, in network order; IPv4 as ::ffff:a.b.c.d. */
struct network_address {
    uint8_t bytes[16];
};

struct network {
    struct network_address address;
    unsigned bits; /* of 128 */
};

/* "10.0.0.0/8", "::1", "fd00::/8"; without a length it is one address. Bits behind the length must be 0.
 * Returns 0 or -EINVAL. */
int network_parse(const char *text, struct network *ret);

/* A network of IPv6 has no IPv4 addresses, so that "::/0" is all of IPv6 and nothing else. */
bool network_has(const struct network *network, const struct network_address *address);

/* `address` is a sockaddr_in or sockaddr_in6; others give false. */
bool network_address_of(const struct sockaddr *address, struct network_address *ret);

/* The IPv4 address whose four bytes are at `bytes`. */
struct network_address network_address_v4(const uint8_t bytes[static 4]);

/* IPv4 and IPv4-mapped addresses. */
bool network_address_is_v4(const struct network_address *address);
