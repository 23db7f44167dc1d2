/* What a page shows, on its way to the sink: its text, gathered, and the ends of words in it. Owner: a page.
 * Thread: one at a time. */
#pragma once

#include "words/visible.h"

/* Hands on what was gathered. This one and the others return 0 or what the sink returned. */
int visible_flush(struct visible *visible);

/* Text for which there is no more room. */
int visible_put_beyond(struct visible *visible, const uint8_t *utf8, size_t size);

/* To a sink that is told of ends. */
int visible_tell_end(struct visible *visible, uint32_t flags);

static inline int visible_put(struct visible *visible, const uint8_t *utf8, size_t size)
{
    return batch_put(&visible->batch, utf8, size) ? 0 : visible_put_beyond(visible, utf8, size);
}

/* Where the element starts or ends, if that ends a word. Several ends in a row are one for those who read
 * them: each may be repeated. */
static inline int visible_end_word(struct visible *visible, enum element element)
{
    uint32_t flags = element_flags[element] & (FLAG_BLOCK | FLAG_CELL | FLAG_BOX);
    const struct batch *batch = &visible->batch;

    if (flags == 0)
        return 0;
    if (visible->sink->end_word)
        return visible_tell_end(visible, flags);
    if (batch->size > 0 && batch->bytes[batch->size - 1] == '\n')
        return 0;
    return visible_put(visible, (const uint8_t *)"\n", 1);
}
