/* bzip2, by its own library. */
#include "ctl/unpack_codec.h"

#include <bzlib.h>
#include <errno.h>
#include <string.h>

#define BLOCK "\x31\x41\x59\x26\x53\x59"
#define END_OF_NONE "\x17\x72\x45\x38\x50\x90" /* in place of a block where there is none */

struct bzip2 {
    bz_stream stream;
    bool open;
};

static bool bzip2_sniff(const uint8_t *bytes, size_t size)
{
    return size >= 10 && memcmp(bytes, "BZh", 3) == 0 && bytes[3] >= '1' && bytes[3] <= '9' &&
        (memcmp(bytes + 4, BLOCK, 6) == 0 || memcmp(bytes + 4, END_OF_NONE, 6) == 0);
}

static int bzip2_new(void **ret)
{
    struct bzip2 *bzip2 = calloc(1, sizeof(*bzip2));

    if (!bzip2)
        return -ENOMEM;
    *ret = bzip2;
    return 0;
}

static void bzip2_close(struct bzip2 *bzip2)
{
    if (bzip2->open)
        (void)BZ2_bzDecompressEnd(&bzip2->stream);
    bzip2->open = false;
}

static int bzip2_begin(void *userdata)
{
    struct bzip2 *bzip2 = userdata;

    bzip2_close(bzip2);
    bzip2->stream = (bz_stream){0};
    if (BZ2_bzDecompressInit(&bzip2->stream, 0, 0) != BZ_OK)
        return -ENOMEM;
    bzip2->open = true;
    return 0;
}

static enum unpack_step bzip2_step(void *userdata, struct unpack_io *io)
{
    bz_stream *stream = &((struct bzip2 *)userdata)->stream;
    int r;

    stream->next_in = (char *)io->in;
    stream->avail_in = (unsigned)io->in_size;
    stream->next_out = (char *)io->out;
    stream->avail_out = (unsigned)io->out_size;
    r = BZ2_bzDecompress(stream);
    *io = (struct unpack_io){
        (uint8_t *)stream->next_in, stream->avail_in, (uint8_t *)stream->next_out, stream->avail_out};
    if (r == BZ_STREAM_END)
        return UNPACK_END;
    if (r == BZ_MEM_ERROR)
        return UNPACK_NO_MEMORY;
    return r == BZ_OK ? UNPACK_MORE : UNPACK_DAMAGED;
}

static void bzip2_free(void *bzip2)
{
    if (bzip2)
        bzip2_close(bzip2);
    free(bzip2);
}

const struct unpack_codec unpack_bzip2 = {
    "bzip2", bzip2_sniff, bzip2_new, bzip2_begin, bzip2_step, bzip2_free};
