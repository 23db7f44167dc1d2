/* gzip, RFC 1952, by zlib: the one that checks CRC and length of each member. */
#include "ctl/unpack_codec.h"

#include <errno.h>
#include <string.h>
#include <zlib.h>

/* Of inflateInit2(): the largest window, and gzip's header instead of zlib's. */
#define WINDOW_BITS (15 + 16)

static bool gzip_sniff(const uint8_t *bytes, size_t size)
{
    return size >= 3 && memcmp(bytes, "\x1f\x8b\x08", 3) == 0;
}

static int gzip_new(void **ret)
{
    CLEANUP(freep) z_stream *stream = calloc(1, sizeof(*stream));

    if (!stream || inflateInit2(stream, WINDOW_BITS) != Z_OK)
        return -ENOMEM;
    *ret = TAKE(stream);
    return 0;
}

static int gzip_begin(void *stream)
{
    (void)inflateReset(stream);
    return 0;
}

static enum unpack_step gzip_step(void *userdata, struct unpack_io *io)
{
    z_stream *stream = userdata;
    int r;

    stream->next_in = (Bytef *)io->in;
    stream->avail_in = (uInt)io->in_size;
    stream->next_out = io->out;
    stream->avail_out = (uInt)io->out_size;
    r = inflate(stream, Z_NO_FLUSH);
    *io = (struct unpack_io){stream->next_in, stream->avail_in, stream->next_out, stream->avail_out};
    if (r == Z_STREAM_END)
        return UNPACK_END;
    if (r == Z_MEM_ERROR)
        return UNPACK_NO_MEMORY;
    /* Z_BUF_ERROR is that there was nothing to do. */
    return r == Z_OK || r == Z_BUF_ERROR ? UNPACK_MORE : UNPACK_DAMAGED;
}

static void gzip_free(void *stream)
{
    if (stream)
        (void)inflateEnd(stream);
    free(stream);
}

const struct unpack_codec unpack_gzip = {"gzip", gzip_sniff, gzip_new, gzip_begin, gzip_step, gzip_free};
