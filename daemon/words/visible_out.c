#include "words/visible_out.h"

static bool is_preformatted(const struct visible *visible)
{
    return visible->open.n[ELEMENT_PRE] > 0 || visible->open.n[ELEMENT_LISTING] > 0 ||
        visible->open.n[ELEMENT_XMP] > 0 || visible->open.n[ELEMENT_PLAINTEXT] > 0;
}

int visible_flush(struct visible *visible)
{
    struct batch *batch = &visible->batch;
    size_t size = batch->size;

    batch->size = 0;
    if (size == 0)
        return 0;
    return visible->sink->text(visible->userdata, batch->bytes, size, is_preformatted(visible));
}

int visible_put_beyond(struct visible *visible, const uint8_t *utf8, size_t size)
{
    int r = visible_flush(visible);

    if (r < 0 || batch_put(&visible->batch, utf8, size))
        return r;
    return visible->sink->text(visible->userdata, utf8, size, is_preformatted(visible));
}

int visible_tell_end(struct visible *visible, uint32_t flags)
{
    if (flags & FLAG_BLOCK)
        return visible->sink->end_word(visible->userdata, VISIBLE_BLOCK);
    return visible->sink->end_word(visible->userdata, flags & FLAG_CELL ? VISIBLE_CELL : VISIBLE_BOX);
}
