/* What the decoders of characters of several bytes are made of. Thread: any. */
#pragma once

#include "words/decode_multi.h"
#include <string.h>

static inline bool decode_in(uint8_t byte, uint8_t first, uint8_t last)
{
    return byte >= first && byte <= last;
}

/* A code point, or DECODE_MALFORMED, that the byte in hand gives. */
static inline void decode_put(struct decode_multi *multi, uint32_t c)
{
    *multi->output++ = c;
}

/* The first byte of the character that is incomplete, which is forgotten. */
static inline uint8_t decode_take_lead(struct decode_multi *multi)
{
    uint8_t lead = multi->lead[0];

    memset(multi->lead, 0, sizeof(multi->lead));
    return lead;
}
