#include "fetch/special_purpose.h"

/* Rows that lie in one another: the longest prefix decides. IPv4 is written as IPv4-mapped, 96 bits longer.
 */
struct row {
    struct network network;
    bool is_reachable;
};

#define V4(a, b, c, d, bits)                                                                                 \
    {                                                                                                        \
        {{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, a, b, c, d}}, 96 + (bits)                                \
    }
#define V6(a, b, c, d, e, f, bits)                                                                           \
    {                                                                                                        \
        {{a, b, c, d, e, f}}, bits                                                                           \
    }
#define V6_LAST(a, b, c, d, last, bits)                                                                      \
    {                                                                                                        \
        {{a, b, c, d, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, last}}, bits                                          \
    }

static const struct row rows[] = {
    /* https://www.iana.org/assignments/iana-ipv4-special-registry */
    {V4(0, 0, 0, 0, 0), true}, {V4(0, 0, 0, 0, 8), false}, /* "this network", RFC 791 */
    {V4(10, 0, 0, 0, 8), false},                           /* private use, RFC 1918 */
    {V4(100, 64, 0, 0, 10), false},                        /* shared address space, RFC 6598 */
    {V4(127, 0, 0, 0, 8), false},                          /* loopback, RFC 1122 */
    {V4(169, 254, 0, 0, 16), false},                       /* link local, RFC 3927 */
    {V4(172, 16, 0, 0, 12), false},                        /* private use, RFC 1918 */
    {V4(192, 0, 0, 0, 24), false},                         /* IETF protocol assignments, RFC 6890 */
    {V4(192, 0, 0, 9, 32), true},                          /* port control protocol anycast, RFC 7723 */
    {V4(192, 0, 0, 10, 32), true},                         /* traversal using relays anycast, RFC 8155 */
    {V4(192, 0, 2, 0, 24), false},                         /* documentation, RFC 5737 */
    {V4(192, 88, 99, 0, 24), false},                       /* deprecated 6to4 relay anycast, RFC 7526 */
    {V4(192, 168, 0, 0, 16), false},                       /* private use, RFC 1918 */
    {V4(198, 18, 0, 0, 15), false},                        /* benchmarking, RFC 2544 */
    {V4(198, 51, 100, 0, 24), false},                      /* documentation, RFC 5737 */
    {V4(203, 0, 113, 0, 24), false},                       /* documentation, RFC 5737 */
    {V4(224, 0, 0, 0, 4), false},                          /* multicast, RFC 5771 */
    {V4(240, 0, 0, 0, 4), false},                          /* reserved, with limited broadcast, RFC 1112 */

    /* https://www.iana.org/assignments/ipv6-address-space: nothing but 2000::/3 is given out */
    {V6(0, 0, 0, 0, 0, 0, 0), false}, {V6(0x20, 0, 0, 0, 0, 0, 3), true},

    /* https://www.iana.org/assignments/iana-ipv6-special-registry; its rows outside 2000::/3 that are not
     * reachable
     * (::, ::1, 64:ff9b:1::/48, 100::/64, 100:0:0:1::/64, 5f00::/16, fc00::/7, fe80::/10) need no row here */
    {V6(0x00, 0x64, 0xff, 0x9b, 0, 0, 96), true},       /* IPv4-IPv6 translation, RFC 6052 */
    {V6(0x20, 0x01, 0x00, 0x00, 0, 0, 23), false},      /* IETF protocol assignments, RFC 2928 */
    {V6(0x20, 0x01, 0x00, 0x00, 0, 0, 32), true},       /* Teredo, RFC 4380: by what it embeds */
    {V6_LAST(0x20, 0x01, 0x00, 0x01, 1, 128), true},    /* port control protocol anycast, RFC 7723 */
    {V6_LAST(0x20, 0x01, 0x00, 0x01, 2, 128), true},    /* traversal using relays anycast, RFC 8155 */
    {V6_LAST(0x20, 0x01, 0x00, 0x01, 3, 128), true},    /* DNS-SD service registration anycast, RFC 9665 */
    {V6(0x20, 0x01, 0x00, 0x02, 0, 0, 48), false},      /* benchmarking, RFC 5180 */
    {V6(0x20, 0x01, 0x00, 0x03, 0, 0, 32), true},       /* AMT, RFC 7450 */
    {V6(0x20, 0x01, 0x00, 0x04, 0x01, 0x12, 48), true}, /* AS112, RFC 7535 */
    {V6(0x20, 0x01, 0x00, 0x10, 0, 0, 28), false},      /* deprecated ORCHID, RFC 4843 */
    {V6(0x20, 0x01, 0x00, 0x20, 0, 0, 28), true},       /* ORCHIDv2, RFC 7343 */
    {V6(0x20, 0x01, 0x00, 0x30, 0, 0, 28), true},       /* drone remote identification, RFC 9374 */
    {V6(0x20, 0x01, 0x0d, 0xb8, 0, 0, 32), false},      /* documentation, RFC 3849 */
    {V6(0x20, 0x02, 0x00, 0x00, 0, 0, 16), true},       /* 6to4, RFC 3056: by what it embeds */
    {V6(0x3f, 0xff, 0x00, 0x00, 0, 0, 20), false},      /* documentation, RFC 9637 */
};

bool special_purpose_is_reachable(const struct network_address *address)
{
    bool is_reachable = false;
    unsigned longest = 0;
    size_t i;

    for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        if (rows[i].network.bits < longest || !network_has(&rows[i].network, address))
            continue;
        longest = rows[i].network.bits;
        is_reachable = rows[i].is_reachable;
    }
    return is_reachable;
}

/* Where an address of a network has an IPv4 one. */
struct form {
    struct network network;
    uint8_t places[4]; /* of its bytes */
    uint8_t mask;      /* what each is xored with */
};

static const struct form forms[] = {
    {V6(0x00, 0x64, 0xff, 0x9b, 0, 0, 96), {12, 13, 14, 15}, 0},
    /* For local use (RFC 8215): nobody but its translator knows the length of the prefix (RFC 6052 2.2). */
    {V6(0x00, 0x64, 0xff, 0x9b, 0, 1, 48), {6, 7, 9, 10}, 0},
    {V6(0x00, 0x64, 0xff, 0x9b, 0, 1, 48), {7, 9, 10, 11}, 0},
    {V6(0x00, 0x64, 0xff, 0x9b, 0, 1, 48), {9, 10, 11, 12}, 0},
    {V6(0x00, 0x64, 0xff, 0x9b, 0, 1, 48), {12, 13, 14, 15}, 0},
    {V6(0x20, 0x02, 0, 0, 0, 0, 16), {2, 3, 4, 5}, 0},
    {V6(0x20, 0x01, 0, 0, 0, 0, 32), {4, 5, 6, 7}, 0},
    {V6(0x20, 0x01, 0, 0, 0, 0, 32), {12, 13, 14, 15}, 0xff},
};

size_t special_purpose_embedded(
    const struct network_address *address, struct network_address ret[static SPECIAL_PURPOSE_MAX_EMBEDDED])
{
    size_t n = 0;
    size_t i;
    size_t k;

    for (i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        uint8_t v4[4];

        if (!network_has(&forms[i].network, address))
            continue;
        for (k = 0; k < 4; k++)
            v4[k] = address->bytes[forms[i].places[k]] ^ forms[i].mask;
        ret[n++] = network_address_v4(v4);
    }
    return n;
}
