/* "deflate": a zlib stream, RFC 1950, or, as some servers understand the name, bare deflate data, RFC 1951.
 * The first two bytes tell: taken as a zlib header they are a multiple of 31, and the low bits of the first
 * name the method; no encoder begins bare data in that way. */
#include "fetch/decode_inflate.h"

#include <errno.h>

#define HEADER_SIZE 2

struct deflate {
    z_stream stream;
    uint8_t header[HEADER_SIZE];
    size_t n_header;
};

static bool is_zlib(const uint8_t *header)
{
    return (header[0] & 0x0f) == 8 && (header[0] << 8 | header[1]) % 31 == 0;
}

static int deflate_new(void **ret)
{
    CLEANUP(freep) struct deflate *deflate = calloc(1, sizeof(*deflate));

    if (!deflate || inflateInit2(&deflate->stream, DECODE_INFLATE_WINDOW) != Z_OK)
        return -ENOMEM;
    *ret = TAKE(deflate);
    return 0;
}

static enum decode_step step_header(struct deflate *deflate, struct decode_io *io)
{
    struct decode_io header = {deflate->header, HEADER_SIZE, io->out, io->out_size};
    enum decode_step step;

    if (!is_zlib(deflate->header))
        (void)inflateReset2(&deflate->stream, -DECODE_INFLATE_WINDOW);
    step = decode_inflate_step(&deflate->stream, &header);
    io->out = header.out;
    io->out_size = header.out_size;
    return step;
}

static enum decode_step deflate_step(void *userdata, struct decode_io *io)
{
    struct deflate *deflate = userdata;

    if (deflate->n_header == HEADER_SIZE)
        return decode_inflate_step(&deflate->stream, io);
    while (io->in_size > 0 && deflate->n_header < HEADER_SIZE) {
        deflate->header[deflate->n_header++] = *io->in++;
        io->in_size--;
    }
    return deflate->n_header == HEADER_SIZE ? step_header(deflate, io) : DECODE_STEP_MORE;
}

static void deflate_free(void *userdata)
{
    struct deflate *deflate = userdata;

    if (deflate)
        (void)inflateEnd(&deflate->stream);
    free(deflate);
}

const struct decode_codec decode_deflate = {
    "deflate", 0, NULL, deflate_new, NULL, deflate_step, deflate_free};
