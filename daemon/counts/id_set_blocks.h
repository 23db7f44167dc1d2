/* What a set of numbers is made of, for the files that read it. Private to counts/. */
#pragma once

#include "counts/id_set.h"
#include <stdbool.h>

#define BLOCK_IDS 4096
#define WORD_BITS 64

struct counts_id_block {
    union {
        uint16_t *list; /* ascending, ids within the block */
        uint64_t *bits;
    };
    uint16_t n; /* listed */
    uint16_t capacity;
    bool is_bitmap;
};
