/* Content codings. The first byte chooses the coding, the second how the rest is cut and how much room there
 * is for what comes out. The rest is a stream, whatever it is: cut or in one piece, it comes out the same.
 * With bit 7 of the first byte it is a page, which is packed first: it comes out again, and no part of it is
 * taken for the whole. */
#include "fetch/decode.h"

#include <brotli/encode.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#define MAX_OUT (256 * 1024)
#define MAX_PAGE (64 * 1024)
#define PACKED_SIZE (2 * MAX_PAGE)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
    uint8_t bytes[MAX_OUT];
    size_t n;
    bool is_cut; /* at MAX_OUT */
    bool is_whole;
    enum decode_state state;
};

static struct outcome one;
static struct outcome other;
static uint8_t packed[PACKED_SIZE];

static void require(int condition)
{
    if (!condition)
        abort();
}

/* Returns whether it goes on. */
static bool feed(
    struct body_decoder *decoder, const uint8_t *bytes, size_t size, size_t room, struct outcome *ret)
{
    /* Of its own, that reading beyond it is seen. */
    uint8_t *copy = malloc(size > 0 ? size : 1);
    uint8_t *out = malloc(room);
    struct decode_io io = {.in = copy, .in_size = size};

    require(copy && out);
    if (size > 0)
        memcpy(copy, bytes, size);
    do {
        size_t n;

        io.out = out;
        io.out_size = room;
        ret->state = body_decoder_run(decoder, &io);
        n = (size_t)(io.out - out);
        require(n + io.out_size == room && io.in + io.in_size == copy + size);
        ret->is_cut = n > MAX_OUT - ret->n;
        if (ret->is_cut)
            n = MAX_OUT - ret->n;
        memcpy(ret->bytes + ret->n, out, n);
        ret->n += n;
    } while (ret->state == DECODE_GOES_ON && io.out_size == 0 && !ret->is_cut);
    require(ret->state != DECODE_GOES_ON || io.in_size == 0 || ret->is_cut);
    free(copy);
    free(out);
    return ret->state == DECODE_GOES_ON && !ret->is_cut;
}

static void decode(enum decode_coding coding, const uint8_t *bytes, size_t size, size_t piece, size_t room,
    struct outcome *ret)
{
    struct body_decoder *decoder;
    size_t n;

    require(body_decoder_new(coding, &decoder) == 0);
    require(body_decoder_is_whole(decoder));
    ret->n = 0;
    ret->is_cut = false;
    ret->state = DECODE_GOES_ON;
    for (; size > 0; bytes += n, size -= n) {
        n = size < piece ? size : piece;
        if (!feed(decoder, bytes, n, room, ret))
            break;
    }
    ret->is_whole = body_decoder_is_whole(decoder);
    body_decoder_free(decoder);
}

static bool is_taken(const struct outcome *outcome)
{
    return outcome->state == DECODE_GOES_ON && outcome->is_whole;
}

/* What is both damaged and cut short may be seen as either, and damage behind MAX_OUT not at all. */
static void compare(void)
{
    if (one.is_cut || other.is_cut)
        return;
    require(is_taken(&one) == is_taken(&other));
    if (is_taken(&one))
        require(one.n == other.n && memcmp(one.bytes, other.bytes, one.n) == 0);
}

static size_t deflate_page(const uint8_t *page, size_t size, int window)
{
    z_stream stream = {.next_in = (Bytef *)page, .avail_in = (uInt)size, .next_out = packed};

    stream.avail_out = PACKED_SIZE;
    require(deflateInit2(&stream, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY) == Z_OK);
    require(deflate(&stream, Z_FINISH) == Z_STREAM_END);
    require(deflateEnd(&stream) == Z_OK);
    return stream.total_out;
}

static size_t pack(enum decode_coding coding, const uint8_t *page, size_t size, bool is_bare)
{
    size_t n = PACKED_SIZE;

    switch (coding) {
    case DECODE_IDENTITY:
        abort();
    case DECODE_GZIP:
        return deflate_page(page, size, 15 + 16);
    case DECODE_DEFLATE:
        return deflate_page(page, size, is_bare ? -15 : 15);
    case DECODE_BR:
        require(BrotliEncoderCompress(5, 22, BROTLI_MODE_GENERIC, size, page, &n, packed));
        return n;
    case DECODE_ZSTD:
        n = ZSTD_compress(packed, PACKED_SIZE, page, size, 3);
        require(!ZSTD_isError(n));
        return n;
    }
    abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    enum decode_coding coding;
    size_t piece;
    size_t room;
    size_t n;

    if (size < 2 || size > MAX_PAGE)
        return 0;
    coding = (enum decode_coding)(DECODE_GZIP + data[0] % 4);
    piece = 1 + data[1] % 16;
    room = 1 + data[1] / 16;
    if (data[0] < 128) {
        decode(coding, data + 2, size - 2, size, MAX_OUT, &one);
        decode(coding, data + 2, size - 2, piece, room, &other);
        compare();
        return 0;
    }
    n = pack(coding, data + 2, size - 2, data[0] & 64);
    decode(coding, packed, n, piece, room, &one);
    require(one.state == DECODE_GOES_ON && one.is_whole);
    require(one.n == size - 2 && memcmp(one.bytes, data + 2, one.n) == 0);
    n = 1 + (size_t)data[1] * n / 257;
    decode(coding, packed, n - 1, n, MAX_OUT, &one);
    require(one.state == DECODE_GOES_ON && one.is_whole == (n == 1));
    return 0;
}
