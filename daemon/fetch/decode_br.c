/* Brotli, RFC 7932, by its own library, which takes no window above the format's unless told to. */
#include "fetch/decode_codec.h"

#include <brotli/decode.h>
#include <errno.h>

static int br_new(void **ret)
{
    *ret = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    return *ret ? 0 : -ENOMEM;
}

static bool is_of_memory(BrotliDecoderErrorCode error)
{
    return error <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
        error >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES;
}

static enum decode_step br_step(void *state, struct decode_io *io)
{
    switch (BrotliDecoderDecompressStream(state, &io->in_size, &io->in, &io->out_size, &io->out, NULL)) {
    case BROTLI_DECODER_RESULT_SUCCESS:
        return DECODE_STEP_END;
    case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
    case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT:
        return DECODE_STEP_MORE;
    case BROTLI_DECODER_RESULT_ERROR:
        break;
    }
    return is_of_memory(BrotliDecoderGetErrorCode(state)) ? DECODE_STEP_NO_MEMORY : DECODE_STEP_DAMAGED;
}

static void br_free(void *state)
{
    BrotliDecoderDestroyInstance(state);
}

const struct decode_codec decode_br = {"br", 0, NULL, br_new, NULL, br_step, br_free};
