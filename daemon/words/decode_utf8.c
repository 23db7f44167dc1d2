#include "words/decode.h"

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

size_t decode_utf8_valid(const uint8_t *bytes, size_t size)
{
    size_t at = 0, length, malformed;

    while (at < size) {
        uint64_t eight;

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
