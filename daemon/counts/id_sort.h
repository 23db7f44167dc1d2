/* Ids in order, by a bit for each. Thread: any. */
#pragma once

#include <assert.h>
#include <stddef.h>
#include <stdint.h>

#define ID_SORT_WORD_BITS 64

/* Each id is there once. `bits` is one for each id there can be, all zero, and is again afterwards. */
static inline void id_sort(uint32_t *ids, size_t n, uint64_t *bits)
{
    size_t sorted = 0, last = 0;

    for (size_t i = 0; i < n; i++) {
        size_t word = ids[i] / ID_SORT_WORD_BITS;

        bits[word] |= UINT64_C(1) << ids[i] % ID_SORT_WORD_BITS;
        last = word > last ? word : last;
    }
    for (size_t i = 0; n > 0 && i <= last; i++) {
        uint64_t left = bits[i];

        for (; left; left &= left - 1)
            ids[sorted++] = (uint32_t)(i * ID_SORT_WORD_BITS) + (uint32_t)__builtin_ctzll(left);
        bits[i] = 0;
    }
    assert(sorted == n);
}
