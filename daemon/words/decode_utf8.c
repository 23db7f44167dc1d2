#include "words/decode.h"

#include "words/decode_utf8_block.h"

#include <string.h>

/* The bounds of the second byte, by the first (Encoding Standard 8.1.1), keep out what is overlong, a
 * surrogate or too great; further bytes are 80 to BF. */
static size_t sequence_length(uint8_t first, uint8_t *ret_low, uint8_t *ret_high)
{
    *ret_low = 0x80;
    *ret_high = 0xBF;
    if (first < 0xC2 || first > 0xF4)
        return first < 0x80;
    if (first < 0xE0)
        return 2;
    if (first < 0xF0) {
        if (first == 0xE0)
            *ret_low = 0xA0;
        else if (first == 0xED)
            *ret_high = 0x9F;
        return 3;
    }
    if (first == 0xF0)
        *ret_low = 0x90;
    else if (first == 0xF4)
        *ret_high = 0x8F;
    return 4;
}

size_t decode_utf8_length(const uint8_t *bytes, size_t size, size_t *ret_malformed)
{
    uint8_t low, high;
    size_t length = sequence_length(bytes[0], &low, &high);

    *ret_malformed = 1;
    if (length <= 1)
        return length;
    for (size_t i = 1; i < length; i++) {
        *ret_malformed = 0;
        if (i == size)
            return 0;
        *ret_malformed = i;
        if (bytes[i] < low || bytes[i] > high)
            return 0;
        low = 0x80;
        high = 0xBF;
    }
    return length;
}

static size_t no_blocks(const uint8_t *bytes, size_t size)
{
    return 0;
}

static decode_utf8_blocks valid_blocks = no_blocks;

void decode_utf8_init(void)
{
    switch (cpu_level()) {
    case CPU_PORTABLE:
        valid_blocks = no_blocks;
        break;
#if CPU_X86
    case CPU_SSE42:
        valid_blocks = decode_utf8_blocks_sse42;
        break;
    case CPU_AVX2:
        valid_blocks = decode_utf8_blocks_avx2;
        break;
    case CPU_AVX512:
        valid_blocks = decode_utf8_blocks_avx512;
        break;
#else
    case CPU_SSE42:
    case CPU_AVX2:
    case CPU_AVX512:
        break;
#endif
    }
}

/* Where there are blocks, one character at a time is what they stop at; otherwise, and behind the last block,
 * as many as come. */
size_t decode_utf8_valid(const uint8_t *bytes, size_t size)
{
    size_t at = 0, length, malformed;

    while (at < size) {
        uint64_t eight;

        at += valid_blocks(bytes + at, size - at);
        while (size - at >= sizeof(eight)) {
            memcpy(&eight, bytes + at, sizeof(eight));
            if (eight & 0x8080808080808080u)
                break;
            at += sizeof(eight);
        }
        while (at < size && bytes[at] < 0x80)
            at++;
        /* The letters of most alphabets. */
        while (size - at > 1 && (uint8_t)(bytes[at] - 0xC2) < 0x1E && (bytes[at + 1] & 0xC0) == 0x80)
            at += 2;
        if (at == size)
            break;
        if (bytes[at] < 0x80)
            continue;
        length = decode_utf8_length(bytes + at, size - at, &malformed);
        if (length == 0)
            break;
        at += length;
    }
    return at;
}
