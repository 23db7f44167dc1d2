/* Text on its way, gathered from many small pieces into few. Owner: a page. Thread: one at a time. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define BATCH_SIZE 4096
/* Copied at once, whatever the length of a short piece. */
#define BATCH_UNIT 32

struct batch {
    size_t size;
    uint8_t bytes[BATCH_SIZE + BATCH_UNIT];
};

/* Appends a piece of which BATCH_UNIT bytes can be read, whatever `size` is. False, and nothing is done, if
 * it does not fit. */
static inline bool batch_put_unit(struct batch *batch, const uint8_t *bytes, size_t size)
{
    uint8_t *at = batch->bytes + batch->size;

    if (size > BATCH_SIZE - batch->size)
        return false;
    memcpy(at, bytes, BATCH_UNIT);
    if (size > BATCH_UNIT)
        memcpy(at + BATCH_UNIT, bytes + BATCH_UNIT, size - BATCH_UNIT);
    batch->size += size;
    return true;
}

/* Appends a piece; false if it does not fit. */
static inline bool batch_put(struct batch *batch, const uint8_t *bytes, size_t size)
{
    if (size > BATCH_SIZE - batch->size)
        return false;
    memcpy(batch->bytes + batch->size, bytes, size);
    batch->size += size;
    return true;
}
