/* gzip, RFC 1952, by zlib, which checks CRC and length of each member. */
#include "fetch/decode_inflate.h"

#include <errno.h>

/* Of inflateInit2(): gzip's header instead of zlib's. */
#define GZIP_HEADER 16

/* Its two bytes, and deflate, the only method there is (2.3.1). */
static bool gzip_may_begin(const uint8_t *bytes, size_t n)
{
    static const uint8_t magic[] = {0x1f, 0x8b, 8};

    return bytes[n - 1] == magic[n - 1];
}

static int gzip_new(void **ret)
{
    CLEANUP(freep) z_stream *stream = calloc(1, sizeof(*stream));

    if (!stream || inflateInit2(stream, DECODE_INFLATE_WINDOW + GZIP_HEADER) != Z_OK)
        return -ENOMEM;
    *ret = TAKE(stream);
    return 0;
}

static void gzip_begin(void *stream)
{
    (void)inflateReset(stream);
}

static enum decode_step gzip_step(void *stream, struct decode_io *io)
{
    return decode_inflate_step(stream, io);
}

static void gzip_free(void *stream)
{
    if (stream)
        (void)inflateEnd(stream);
    free(stream);
}

const struct decode_codec decode_gzip = {
    "gzip", 3, gzip_may_begin, gzip_new, gzip_begin, gzip_step, gzip_free};
