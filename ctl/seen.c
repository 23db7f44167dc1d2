#include "ctl/seen.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MIN_SIZE 1024

void seen_deinit(struct seen *seen)
{
    free(seen->bits);
}

static int grow(struct seen *seen, size_t least)
{
    size_t size = seen->size ? seen->size : MIN_SIZE;
    unsigned char *bits;

    while (size < least)
        size *= 2;
    if (size == seen->size)
        return 0;
    bits = realloc(seen->bits, size);
    if (!bits)
        return -ENOMEM;
    memset(bits + seen->size, 0, size - seen->size);
    seen->bits = bits;
    seen->size = size;
    return 0;
}

int seen_add(struct seen *seen, int64_t page)
{
    unsigned char bit;
    size_t byte;
    int r;

    if (page < 0 || page >= SEEN_MAX)
        return 1;
    byte = (size_t)page / 8;
    bit = (unsigned char)(1u << (page % 8));
    r = grow(seen, byte + 1);
    if (r < 0)
        return r;
    r = !(seen->bits[byte] & bit);
    seen->bits[byte] |= bit;
    return r;
}
