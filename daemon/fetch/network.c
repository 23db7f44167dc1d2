#include "fetch/network.h"

#include "base/text.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>

static const uint8_t mapped_prefix[12] = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};

struct network_address network_address_v4(const uint8_t bytes[static 4])
{
    struct network_address address;

    memcpy(address.bytes, mapped_prefix, 12);
    memcpy(address.bytes + 12, bytes, 4);
    return address;
}

bool network_address_is_v4(const struct network_address *address)
{
    return memcmp(address->bytes, mapped_prefix, 12) == 0;
}

bool network_address_of(const struct sockaddr *address, struct network_address *ret)
{
    if (address->sa_family == AF_INET) {
        struct sockaddr_in v4;
        uint8_t bytes[4];

        memcpy(&v4, address, sizeof(v4));
        memcpy(bytes, &v4.sin_addr, 4);
        *ret = network_address_v4(bytes);
        return true;
    }
    if (address->sa_family == AF_INET6) {
        struct sockaddr_in6 v6;

        memcpy(&v6, address, sizeof(v6));
        memcpy(ret->bytes, &v6.sin6_addr, 16);
        return true;
    }
    return false;
}

static bool bits_are_zero_from(const struct network_address *address, unsigned bit)
{
    for (; bit < 128; bit++)
        if (address->bytes[bit / 8] & (0x80 >> (bit % 8)))
            return false;
    return true;
}

int network_parse(const char *text, struct network *ret)
{
    const char *slash = strchr(text, '/');
    size_t length = slash ? (size_t)(slash - text) : strlen(text);
    char copy[INET6_ADDRSTRLEN];
    struct network network;
    uint8_t v4[4];
    unsigned base = 0;
    uint64_t bits;

    if (length >= sizeof(copy))
        return -EINVAL;
    memcpy(copy, text, length);
    copy[length] = '\0';
    if (inet_pton(AF_INET, copy, v4) == 1) {
        network.address = network_address_v4(v4);
        base = 96;
    } else if (inet_pton(AF_INET6, copy, network.address.bytes) != 1) {
        return -EINVAL;
    }
    bits = 128 - base;
    if (slash && text_parse_u64(slash + 1, 128 - base, &bits) < 0)
        return -EINVAL;
    network.bits = base + (unsigned)bits;
    if (!bits_are_zero_from(&network.address, network.bits))
        return -EINVAL;
    *ret = network;
    return 0;
}

bool network_has(const struct network *network, const struct network_address *address)
{
    unsigned whole = network->bits / 8;
    unsigned rest = network->bits % 8;
    uint8_t mask = (uint8_t)(0xff00 >> rest);

    if (network->bits < 96 && network_address_is_v4(address))
        return false;
    if (memcmp(network->address.bytes, address->bytes, whole) != 0)
        return false;
    return rest == 0 || ((network->address.bytes[whole] ^ address->bytes[whole]) & mask) == 0;
}
