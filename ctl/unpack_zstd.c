/* Zstandard, RFC 8878, by its own library. A frame is a member, one that is to be skipped too. */
#include "ctl/unpack_codec.h"

#include <errno.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

/* Of the window: UNPACK_MAX_MEMORY. */
#define WINDOW_LOG 28
_Static_assert(UNPACK_MAX_MEMORY == 1u << WINDOW_LOG, "one limit for all formats");

static bool zstd_sniff(const uint8_t *bytes, size_t size)
{
    return size >= 4 &&
        (memcmp(bytes, "\x28\xb5\x2f\xfd", 4) == 0 ||
            ((bytes[0] & 0xf0) == 0x50 && memcmp(bytes + 1, "\x2a\x4d\x18", 3) == 0));
}

static int zstd_new(void **ret)
{
    ZSTD_DCtx *context = ZSTD_createDCtx();

    if (!context)
        return -ENOMEM;
    (void)ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, WINDOW_LOG);
    *ret = context;
    return 0;
}

static int zstd_begin(void *context)
{
    (void)ZSTD_DCtx_reset(context, ZSTD_reset_session_only);
    return 0;
}

static enum unpack_step zstd_step(void *context, struct unpack_io *io)
{
    ZSTD_inBuffer in = {io->in, io->in_size, 0};
    ZSTD_outBuffer out = {io->out, io->out_size, 0};
    size_t r = ZSTD_decompressStream(context, &out, &in);

    *io =
        (struct unpack_io){io->in + in.pos, io->in_size - in.pos, io->out + out.pos, io->out_size - out.pos};
    if (r == 0)
        return UNPACK_END;
    if (!ZSTD_isError(r))
        return UNPACK_MORE;
    if (ZSTD_getErrorCode(r) == ZSTD_error_memory_allocation)
        return UNPACK_NO_MEMORY;
    return ZSTD_getErrorCode(r) == ZSTD_error_frameParameter_windowTooLarge ? UNPACK_TOO_BIG : UNPACK_DAMAGED;
}

static void zstd_free(void *context)
{
    (void)ZSTD_freeDCtx(context);
}

const struct unpack_codec unpack_zstd = {"Zstandard", zstd_sniff, zstd_new, zstd_begin, zstd_step, zstd_free};
