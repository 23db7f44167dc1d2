/* Which addresses are globally reachable, by IANA's IPv4 and IPv6 Special-Purpose Address Registries (RFC
 * 6890, as of 2025-10), the multicast registries and the IPv6 address space registry. Pure. Thread: any. */
#pragma once

#include "fetch/network.h"

/* False for everything special that the registries do not call globally reachable, and for what is not
 * allocated at all (outside 2000::/3). Forms that embed an IPv4 address are judged by their own row alone. */
bool special_purpose_is_reachable(const struct network_address *address);

/* The IPv4 addresses that `address` embeds, outside of ::ffff:0:0/96: of NAT64 (RFC 6052; with its prefix for
 * local use, RFC 8215, all that it may mean), 6to4 (RFC 3056), the server and the client of Teredo (RFC
 * 4380). IPv4-compatible ones (::/96) go nowhere any more, and are not reachable. Returns how many. */
#define SPECIAL_PURPOSE_MAX_EMBEDDED 4
size_t special_purpose_embedded(
    const struct network_address *address, struct network_address ret[static SPECIAL_PURPOSE_MAX_EMBEDDED]);
