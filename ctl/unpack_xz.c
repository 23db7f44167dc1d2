/* xz, by liblzma. */
#include "ctl/unpack_codec.h"

#include <errno.h>
#include <lzma.h>
#include <string.h>

static bool xz_sniff(const uint8_t *bytes, size_t size)
{
    return size >= 6 &&
        memcmp(bytes,
            "\xfd"
            "7zXZ",
            6) == 0;
}

static int xz_new(void **ret)
{
    lzma_stream *stream = calloc(1, sizeof(*stream));

    if (!stream)
        return -ENOMEM;
    *ret = stream;
    return 0;
}

/* Takes the place of the member before. */
static int xz_begin(void *stream)
{
    return lzma_stream_decoder(stream, UNPACK_MAX_MEMORY, 0) == LZMA_OK ? 0 : -ENOMEM;
}

static enum unpack_step xz_step(void *userdata, struct unpack_io *io)
{
    lzma_stream *stream = userdata;
    lzma_ret r;

    stream->next_in = io->in;
    stream->avail_in = io->in_size;
    stream->next_out = io->out;
    stream->avail_out = io->out_size;
    r = lzma_code(stream, LZMA_RUN);
    *io = (struct unpack_io){stream->next_in, stream->avail_in, stream->next_out, stream->avail_out};
    if (r == LZMA_STREAM_END)
        return UNPACK_END;
    if (r == LZMA_MEM_ERROR)
        return UNPACK_NO_MEMORY;
    if (r == LZMA_MEMLIMIT_ERROR)
        return UNPACK_TOO_BIG;
    /* LZMA_BUF_ERROR is that there was nothing to do. */
    return r == LZMA_OK || r == LZMA_BUF_ERROR ? UNPACK_MORE : UNPACK_DAMAGED;
}

static void xz_free(void *stream)
{
    if (stream)
        lzma_end(stream);
    free(stream);
}

const struct unpack_codec unpack_xz = {"xz", xz_sniff, xz_new, xz_begin, xz_step, xz_free};
