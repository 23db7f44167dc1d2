#include "words/key_hash.h"

#include "words/words.h"
#include <sys/random.h>
#include <time.h>

struct key_unit key_secret;

void key_hash_init(void)
{
    struct timespec now;

    if (getrandom(&key_secret, sizeof(key_secret), GRND_NONBLOCK) != sizeof(key_secret)) {
        /* Before the kernel has random numbers, an address and the time must do. */
        clock_gettime(CLOCK_MONOTONIC, &now);
        key_secret.low = (uint64_t)(uintptr_t)&key_secret;
        key_secret.high = (uint64_t)now.tv_nsec << 32 ^ (uint64_t)now.tv_sec;
    }
    /* A factor of few bits would mix little. */
    key_secret.high |= UINT64_C(0x8000000000000001);
}

uint32_t words_hash(const char *word, uint32_t length)
{
    uint64_t hash = key_hash_begin(length);
    uint8_t last[KEY_UNIT] = {0};

    for (; length > KEY_UNIT; word += KEY_UNIT, length -= KEY_UNIT)
        hash = key_hash_add(hash, key_unit_load((const uint8_t *)word));
    memcpy(last, word, length);
    return key_hash_end(key_hash_add(hash, key_unit_load(last)));
}
