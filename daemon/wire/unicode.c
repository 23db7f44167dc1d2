#include "wire/unicode.h"

#include <stdbool.h>
#include <stdint.h>

static bool is_tail(char byte)
{
    return ((uint8_t)byte & 0xC0) == 0x80;
}

/* The second byte's range forbids overlong forms, surrogates and what is above U+10FFFF (RFC 3629, section
 * 4). */
static bool second_fits(uint8_t first, uint8_t second)
{
    uint8_t least = first == 0xE0 ? 0xA0 : first == 0xF0 ? 0x90 : 0x80;
    uint8_t most = first == 0xED ? 0x9F : first == 0xF4 ? 0x8F : 0xBF;

    return second >= least && second <= most;
}

size_t unicode_character(const char *text, size_t size)
{
    uint8_t first = (uint8_t)text[0];
    size_t length = first < 0x80 ? 1
        : first < 0xC2           ? 0
        : first < 0xE0           ? 2
        : first < 0xF0           ? 3
        : first < 0xF5           ? 4
                                 : 0;

    if (length <= 1)
        return length;
    if (size < length || !second_fits(first, (uint8_t)text[1]))
        return 0;
    for (size_t i = 2; i < length; i++)
        if (!is_tail(text[i]))
            return 0;
    return length;
}
