/* Content codings (RFC 9110 8.4.1): the bytes of a body in, what they stand for out, as a stream. Here and
 * not in libcurl, which does not tell a stream that was cut from one that is whole. Pure but for memory.
 * Owner and thread: whoever made the decoder. */
#pragma once

#include "base/cleanup.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum decode_coding {
    DECODE_IDENTITY,
    DECODE_GZIP,    /* RFC 1952 */
    DECODE_DEFLATE, /* RFC 1950, or bare RFC 1951, as some servers take the name */
    DECODE_BR,      /* RFC 7932 */
    DECODE_ZSTD,    /* RFC 8878 */
};

/* By its name in a header, in any case; DECODE_IDENTITY for what is no name of the others. */
enum decode_coding decode_coding_of(const char *name, size_t size);
const char *decode_coding_name(enum decode_coding coding);

/* The window that a stream may ask for: the format's largest (RFC 7932 9.1), or the largest that HTTP allows
 * (RFC 9659). */
#define DECODE_BR_WINDOW (UINT64_C(16) << 20)
#define DECODE_ZSTD_WINDOW (UINT64_C(8) << 20)

struct body_decoder;

/* For any coding but identity. Returns 0 or -ENOMEM. */
int body_decoder_new(enum decode_coding coding, struct body_decoder **ret);
void body_decoder_free(struct body_decoder *decoder);
DEFINE_CLEANUP(struct body_decoder *, body_decoder_free)

/* Moves on as bytes are taken and written. */
struct decode_io {
    const uint8_t *in;
    size_t in_size;
    uint8_t *out;
    size_t out_size;
};

enum decode_state {
    DECODE_GOES_ON,
    DECODE_DAMAGED,   /* malformed, or a checksum does not fit */
    DECODE_TOO_GREAT, /* its window is larger than the coding's, above */
    DECODE_NO_MEMORY,
};

/* Takes what there is until all of it is taken and all that follows from it is written, or until `out` is
 * full: then there may be more, and it is to be called again, with or without new bytes. Several members
 * behind each other are one body, and whatever else stands behind the last is dropped, as browsers do. No
 * call may follow any other state than DECODE_GOES_ON. */
enum decode_state body_decoder_run(struct body_decoder *decoder, struct decode_io *io);

/* The stream is whole, and what comes now is dropped. */
bool body_decoder_is_behind(const struct body_decoder *decoder);

/* The body may end here: a whole stream was read, or nothing at all. */
bool body_decoder_is_whole(const struct body_decoder *decoder);
