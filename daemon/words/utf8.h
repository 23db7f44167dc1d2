/* UTF-8 of known validity, one code point at a time. Thread: any. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* That of three bytes at `bytes`, the first of which is 0xE0 to 0xEF. */
static inline uint32_t utf8_get_three(const uint8_t *bytes)
{
    return (uint32_t)(bytes[0] & 0x0F) << 12 | (uint32_t)(bytes[1] & 0x3F) << 6 | (bytes[2] & 0x3F);
}

/* The code point at `bytes`, which is valid UTF-8 and complete; *ret_size is its length in bytes. */
static inline uint32_t utf8_get(const uint8_t *bytes, size_t *ret_size)
{
    if (bytes[0] < 0x80) {
        *ret_size = 1;
        return bytes[0];
    }
    if (bytes[0] < 0xE0) {
        *ret_size = 2;
        return (uint32_t)(bytes[0] & 0x1F) << 6 | (bytes[1] & 0x3F);
    }
    if (bytes[0] < 0xF0) {
        *ret_size = 3;
        return utf8_get_three(bytes);
    }
    *ret_size = 4;
    return (uint32_t)(bytes[0] & 0x07) << 18 | (uint32_t)(bytes[1] & 0x3F) << 12 |
        (uint32_t)(bytes[2] & 0x3F) << 6 | (bytes[3] & 0x3F);
}

/* Writes up to four bytes and returns how many. */
static inline size_t utf8_put(uint8_t *bytes, uint32_t c)
{
    if (c < 0x80) {
        bytes[0] = (uint8_t)c;
        return 1;
    }
    if (c < 0x800) {
        bytes[0] = (uint8_t)(0xC0 | c >> 6);
        bytes[1] = (uint8_t)(0x80 | (c & 0x3F));
        return 2;
    }
    if (c < 0x10000) {
        bytes[0] = (uint8_t)(0xE0 | c >> 12);
        bytes[1] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
        bytes[2] = (uint8_t)(0x80 | (c & 0x3F));
        return 3;
    }
    bytes[0] = (uint8_t)(0xF0 | c >> 18);
    bytes[1] = (uint8_t)(0x80 | (c >> 12 & 0x3F));
    bytes[2] = (uint8_t)(0x80 | (c >> 6 & 0x3F));
    bytes[3] = (uint8_t)(0x80 | (c & 0x3F));
    return 4;
}

/* The greatest size <= limit at which valid UTF-8 may be cut. */
static inline size_t utf8_cut(const uint8_t *bytes, size_t limit, size_t size)
{
    if (limit >= size)
        return size;
    while (limit > 0 && (bytes[limit] & 0xC0) == 0x80)
        limit--;
    return limit;
}
