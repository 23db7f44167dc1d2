#include "fetch/address.h"

#include <arpa/inet.h>
#include <string.h>

bool address_parse(const char *text, size_t size, union address *ret)
{
    char copy[INET6_ADDRSTRLEN];
    union address address = {0};

    if (size >= 2 && text[0] == '[' && text[size - 1] == ']') {
        text++;
        size -= 2;
    }
    if (size >= sizeof(copy))
        return false;
    memcpy(copy, text, size);
    copy[size] = '\0';
    if (inet_pton(AF_INET, copy, &address.v4.sin_addr) == 1) {
        address.v4.sin_family = AF_INET;
    } else {
        address = (union address){0};
        if (inet_pton(AF_INET6, copy, &address.v6.sin6_addr) != 1)
            return false;
        address.v6.sin6_family = AF_INET6;
    }
    *ret = address;
    return true;
}

const char *address_format(const union address *address, char buffer[static ADDRESS_SIZE])
{
    if (address->any.sa_family == AF_INET)
        return inet_ntop(AF_INET, &address->v4.sin_addr, buffer, ADDRESS_SIZE);
    return inet_ntop(AF_INET6, &address->v6.sin6_addr, buffer, ADDRESS_SIZE);
}

bool address_equal(const union address *a, const union address *b)
{
    if (a->any.sa_family != b->any.sa_family)
        return false;
    if (a->any.sa_family == AF_INET)
        return a->v4.sin_addr.s_addr == b->v4.sin_addr.s_addr;
    return memcmp(&a->v6.sin6_addr, &b->v6.sin6_addr, sizeof(a->v6.sin6_addr)) == 0;
}

bool address_copy(const struct sockaddr *source, union address *ret)
{
    union address address = {0};

    if (source->sa_family == AF_INET)
        memcpy(&address.v4, source, sizeof(address.v4));
    else if (source->sa_family == AF_INET6)
        memcpy(&address.v6, source, sizeof(address.v6));
    else
        return false;
    *ret = address;
    return true;
}

uint16_t address_port(const struct sockaddr *address)
{
    union address copy;

    if (!address_copy(address, &copy))
        return 0;
    return ntohs(copy.any.sa_family == AF_INET6 ? copy.v6.sin6_port : copy.v4.sin_port);
}
