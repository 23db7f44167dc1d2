/* Zstandard, RFC 8878, by its own library. A frame is a member, one that is to be skipped too. Frames of the
 * formats before the RFC, which the library may know, are none: they heed no limit of the window. */
#include "fetch/decode_codec.h"

#include <errno.h>
#include <string.h>
#include <zstd.h>
#include <zstd_errors.h>

#define WINDOW_LOG 23
_Static_assert(DECODE_ZSTD_WINDOW == 1u << WINDOW_LOG, "what is charged is what is allowed");

/* RFC 8878 3.1.1 and 3.1.2. */
static bool zstd_may_begin(const uint8_t *bytes, size_t n)
{
    return memcmp(bytes, "\x28\xb5\x2f\xfd", n) == 0 ||
        ((bytes[0] & 0xf0) == 0x50 && memcmp(bytes + 1, "\x2a\x4d\x18", n - 1) == 0);
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

static void zstd_begin(void *context)
{
    (void)ZSTD_DCtx_reset(context, ZSTD_reset_session_only);
}

static enum decode_step zstd_step(void *context, struct decode_io *io)
{
    ZSTD_inBuffer in = {io->in, io->in_size, 0};
    ZSTD_outBuffer out = {io->out, io->out_size, 0};
    size_t r = ZSTD_decompressStream(context, &out, &in);

    *io =
        (struct decode_io){io->in + in.pos, io->in_size - in.pos, io->out + out.pos, io->out_size - out.pos};
    if (r == 0)
        return DECODE_STEP_END;
    if (!ZSTD_isError(r))
        return DECODE_STEP_MORE;
    if (ZSTD_getErrorCode(r) == ZSTD_error_memory_allocation)
        return DECODE_STEP_NO_MEMORY;
    return ZSTD_getErrorCode(r) == ZSTD_error_frameParameter_windowTooLarge ? DECODE_STEP_TOO_GREAT
                                                                            : DECODE_STEP_DAMAGED;
}

static void zstd_free(void *context)
{
    (void)ZSTD_freeDCtx(context);
}

const struct decode_codec decode_zstd = {
    "zstd", 4, zstd_may_begin, zstd_new, zstd_begin, zstd_step, zstd_free};
