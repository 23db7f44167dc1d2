#include "store/hash.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>

struct sip {
    uint64_t v0, v1, v2, v3;
};

static inline uint64_t rotate(uint64_t x, int bits)
{
    return (x << bits) | (x >> (64 - bits));
}

static inline void sip_round(struct sip *s)
{
    s->v0 += s->v1;
    s->v1 = rotate(s->v1, 13) ^ s->v0;
    s->v0 = rotate(s->v0, 32);
    s->v2 += s->v3;
    s->v3 = rotate(s->v3, 16) ^ s->v2;
    s->v0 += s->v3;
    s->v3 = rotate(s->v3, 21) ^ s->v0;
    s->v2 += s->v1;
    s->v1 = rotate(s->v1, 17) ^ s->v2;
    s->v2 = rotate(s->v2, 32);
}

/* Fewer than eight bytes, the first one lowest. Most words are short, so this is most of their hash. */
static inline uint64_t load_rest(const uint8_t *p, size_t n)
{
    uint32_t first, last;

    if (n == 0)
        return 0;
    if (n < sizeof(first))
        return p[0] | (uint64_t)p[n / 2] << (n / 2 * 8) | (uint64_t)p[n - 1] << ((n - 1) * 8);
    memcpy(&first, p, sizeof(first));
    memcpy(&last, p + n - sizeof(last), sizeof(last));
    return first | (uint64_t)last << ((n - sizeof(last)) * 8);
}

int hash_key_init(struct hash_key *key)
{
    ssize_t n;

    do
        n = getrandom(key, sizeof(*key), 0);
    while (n < 0 && errno == EINTR);
    /* Requests of up to 256 bytes are never answered in part. */
    return n == (ssize_t)sizeof(*key) ? 0 : -errno;
}

uint64_t hash_bytes(const struct hash_key *key, const void *bytes, size_t size)
{
    struct sip s = {
        key->k0 ^ UINT64_C(0x736f6d6570736575),
        key->k1 ^ UINT64_C(0x646f72616e646f6d),
        key->k0 ^ UINT64_C(0x6c7967656e657261),
        key->k1 ^ UINT64_C(0x7465646279746573),
    };
    const uint8_t *p = bytes;
    uint64_t m;

    for (size_t left = size; left >= 8; left -= 8, p += 8) {
        memcpy(&m, p, sizeof(m));
        s.v3 ^= m;
        sip_round(&s);
        s.v0 ^= m;
    }
    m = (uint64_t)size << 56 | load_rest(p, size % 8);
    s.v3 ^= m;
    sip_round(&s);
    s.v0 ^= m;
    s.v2 ^= 0xff;
    sip_round(&s);
    sip_round(&s);
    sip_round(&s);
    return s.v0 ^ s.v1 ^ s.v2 ^ s.v3;
}
