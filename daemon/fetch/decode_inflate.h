/* What the two codings share that zlib decodes. Owner and thread: one decoder. */
#pragma once

#include "fetch/decode_codec.h"
#include <zlib.h>

/* Of inflateInit2(): the largest window there is. */
#define DECODE_INFLATE_WINDOW 15

enum decode_step decode_inflate_step(z_stream *stream, struct decode_io *io);
