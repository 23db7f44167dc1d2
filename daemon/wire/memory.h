/* Shorthands for a message's memory. Private to wire/. Thread: any. */
#pragma once

#include "base/arena.h"
#include <stdint.h>
#include <string.h>

/* Zeroed; a pointer for n == 0 too. NULL if there is no memory. */
static inline void *memory_zeroed(struct arena *arena, size_t n, size_t size)
{
    size_t total;
    void *bytes;

    if (__builtin_mul_overflow(n, size, &total) || total > SIZE_MAX / 2)
        return NULL;
    bytes = arena_allocate(arena, total > 0 ? total : 1);
    if (bytes)
        memset(bytes, 0, total);
    return bytes;
}
