/* Which addresses are globally reachable, by IANA's IPv4 and IPv6 Special-Purpose Address Registries (RFC
 * 6890, as of 2025-10), the multicast registries and the IPv6 address space registry. Pure. Thread: any. */
#pragma once

#include "fetch/network.h"

/* False for everything special that the registries do not call globally reachable, and for what is not
 * allocated at all (outside 2000::/3). Forms that embed an IPv4 address are judged by their own row alone. */
bool special_purpose_is_reachable(const struct network_address *address);

/* The IPv4 addresses that `address` embeds, outside of ::ffff:0:0/96: of NAT64 (RFC 6052), 6to4 (RFC 3056),
 * the server and the client of Teredo (RFC 4380). Returns how many, at most 2. */
size_t special_purpose_embedded(const struct network_address *address, struct network_address ret[static 2]);
