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

/* libzstd looks whether a whole frame lies before it when it has the header, and takes for its beginning
 * where the bytes of that call begin: what stands within a frame could pass for one. It never does if the
 * longest header there may be (3.1.1) is given to it byte by byte. */
#define MAX_HEADER 18

struct zstd {
    ZSTD_DCtx *context;
    size_t n_header; /* bytes of the frame so far, up to MAX_HEADER */
};

static int zstd_new(void **ret)
{
    CLEANUP(freep) struct zstd *zstd = calloc(1, sizeof(*zstd));

    if (zstd)
        zstd->context = ZSTD_createDCtx();
    if (!zstd || !zstd->context)
        return -ENOMEM;
    (void)ZSTD_DCtx_setParameter(zstd->context, ZSTD_d_windowLogMax, WINDOW_LOG);
    *ret = TAKE(zstd);
    return 0;
}

static void zstd_begin(void *userdata)
{
    struct zstd *zstd = userdata;

    (void)ZSTD_DCtx_reset(zstd->context, ZSTD_reset_session_only);
    zstd->n_header = 0;
}

static enum decode_step step_of_error(ZSTD_ErrorCode error)
{
    if (error == ZSTD_error_memory_allocation)
        return DECODE_STEP_NO_MEMORY;
    return error == ZSTD_error_frameParameter_windowTooLarge ? DECODE_STEP_TOO_GREAT : DECODE_STEP_DAMAGED;
}

static enum decode_step zstd_step(void *userdata, struct decode_io *io)
{
    struct zstd *zstd = userdata;
    ZSTD_inBuffer in = {io->in, io->in_size, 0};
    ZSTD_outBuffer out = {io->out, io->out_size, 0};
    size_t r;

    if (zstd->n_header < MAX_HEADER && in.size > 0) {
        in.size = 1;
        zstd->n_header++;
    }
    r = ZSTD_decompressStream(zstd->context, &out, &in);
    *io =
        (struct decode_io){io->in + in.pos, io->in_size - in.pos, io->out + out.pos, io->out_size - out.pos};
    if (ZSTD_isError(r))
        return step_of_error(ZSTD_getErrorCode(r));
    return r == 0 ? DECODE_STEP_END : DECODE_STEP_MORE;
}

static void zstd_free(void *userdata)
{
    struct zstd *zstd = userdata;

    if (zstd)
        (void)ZSTD_freeDCtx(zstd->context);
    free(zstd);
}

const struct decode_codec decode_zstd = {
    "zstd", 4, zstd_may_begin, zstd_new, zstd_begin, zstd_step, zstd_free};
