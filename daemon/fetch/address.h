/* One IP address with its port. Pure. Thread: any. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

/* Dotted IPv4, or IPv6 with or without brackets; no zone. Port 0. */
bool address_parse(const char *text, size_t size, union address *ret);

/* Without port: "192.0.2.1", "2001:db8::1". */
#define ADDRESS_SIZE INET6_ADDRSTRLEN
const char *address_format(const union address *address, char buffer[static ADDRESS_SIZE]);

/* Ports do not matter. */
bool address_equal(const union address *a, const union address *b);

/* `source` is a sockaddr_in or sockaddr_in6; others give false. */
bool address_copy(const struct sockaddr *source, union address *ret);

/* Of a sockaddr_in or sockaddr_in6, in host order; of others 0. */
uint16_t address_port(const struct sockaddr *address);
