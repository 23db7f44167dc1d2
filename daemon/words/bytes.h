/* Eight bytes at a time, in one number: the first byte is the lowest one. Thread: any. */
#pragma once

#include <endian.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define BYTES_ALL(byte) ((byte)*UINT64_C(0x0101010101010101))

static inline uint64_t bytes_load(const uint8_t *at)
{
    uint64_t eight;

    memcpy(&eight, at, sizeof(eight));
    return le64toh(eight);
}

/* The first `n`, of 0 to 8; the others are zero. */
static inline uint64_t bytes_first(uint64_t eight, size_t n)
{
    return n < 8 ? eight & ((UINT64_C(1) << (8 * n)) - 1) : eight;
}

/* The high bits of those that are below `limit`, which is at most 0x80, or of those that are `byte`. Exact up
 * to the first one; behind it there may be more than are true. */
static inline uint64_t bytes_below(uint64_t eight, uint8_t limit)
{
    return (eight - BYTES_ALL(limit)) & ~eight & BYTES_ALL(0x80);
}

static inline uint64_t bytes_equal(uint64_t eight, uint8_t byte)
{
    return bytes_below(eight ^ BYTES_ALL(byte), 1);
}

/* The white space of ASCII, as HTML, CSS and the Encoding Standard have it. */
static inline bool bytes_is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\f' || c == '\r';
}

/* Which one the lowest high bit is of; 8 if there is none. */
static inline size_t bytes_which(uint64_t high_bits)
{
    return high_bits ? (size_t)__builtin_ctzll(high_bits) / 8 : 8;
}

/* ASCII's letters in lower case. Other bytes from 0x40 on change, too, but into no letter. */
static inline uint64_t bytes_lower(uint64_t eight)
{
    return eight | (eight & BYTES_ALL(0x40)) >> 1;
}
