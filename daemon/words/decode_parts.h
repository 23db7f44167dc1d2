/* What the decoders of several bytes are made of. */
#pragma once

#include "words/decode_multi.h"
#include <string.h>

static inline bool in(uint8_t byte, uint8_t first, uint8_t last)
{
    return byte >= first && byte <= last;
}

static inline void put(struct decode_multi *multi, uint32_t c)
{
    *multi->output++ = c;
}

/* The first byte of the character that is incomplete, which is forgotten. */
static inline uint8_t take_lead(struct decode_multi *multi)
{
    uint8_t lead = multi->lead[0];

    memset(multi->lead, 0, sizeof(multi->lead));
    return lead;
}
