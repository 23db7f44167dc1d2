/* Whole numbers in as few bytes as they need, seven bits a byte, least significant first (LEB128). Thread:
 * any. */
#pragma once

#include "base/array.h"
#include <assert.h>
#include <errno.h>
#include <stdbool.h>

#define LEB128_MAX 10 /* bytes of a number */

/* Room for LEB128_MAX has been reserved. */
static inline void leb128_put(struct buffer *buffer, uint64_t number)
{
    assert(buffer->capacity > buffer->size);
    while (number >= 0x80) {
        buffer->bytes[buffer->size++] = (uint8_t)(number | 0x80);
        number >>= 7;
    }
    buffer->bytes[buffer->size++] = (uint8_t)number;
}

/* Of our own writing in memory: it is not checked. Nearly all take one byte. */
static inline uint64_t leb128_take(const uint8_t **at)
{
    uint64_t number = *(*at)++;

    if (number < 0x80)
        return number;
    number &= 0x7F;
    for (unsigned shift = 7;; shift += 7) {
        uint64_t bits = *(*at)++;

        number |= (bits & 0x7F) << shift;
        if (bits < 0x80)
            return number;
    }
}

/* Only the shortest form is taken. -EBADMSG for any other, and at the end. */
static inline int leb128_get(const uint8_t **position, const uint8_t *end, uint64_t *ret)
{
    const uint8_t *at = *position;
    uint64_t number = 0;
    unsigned shift = 0;

    for (; at < end; at++, shift += 7) {
        uint64_t bits = *at & 0x7F;

        if (shift > 63 || (shift == 63 && bits > 1))
            return -EBADMSG;
        number |= bits << shift;
        if (*at & 0x80)
            continue;
        if (bits == 0 && shift > 0)
            return -EBADMSG;
        *position = at + 1;
        *ret = number;
        return 0;
    }
    return -EBADMSG;
}
