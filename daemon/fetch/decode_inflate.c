#include "fetch/decode_inflate.h"

enum decode_step decode_inflate_step(z_stream *stream, struct decode_io *io)
{
    int r;

    stream->next_in = (Bytef *)io->in;
    stream->avail_in = (uInt)io->in_size;
    stream->next_out = io->out;
    stream->avail_out = (uInt)io->out_size;
    r = inflate(stream, Z_NO_FLUSH);
    *io = (struct decode_io){stream->next_in, stream->avail_in, stream->next_out, stream->avail_out};
    if (r == Z_STREAM_END)
        return DECODE_STEP_END;
    if (r == Z_MEM_ERROR)
        return DECODE_STEP_NO_MEMORY;
    /* Z_BUF_ERROR is that there was nothing to do. */
    return r == Z_OK || r == Z_BUF_ERROR ? DECODE_STEP_MORE : DECODE_STEP_DAMAGED;
}
