/* One coding of decode.h: what its library does, in the same words for all. Owner and thread: one decoder. */
#pragma once

#include "fetch/decode.h"

/* No coding's members are known by more bytes than these. */
#define DECODE_MAX_MAGIC 4

enum decode_step {
    DECODE_STEP_MORE, /* took and wrote what it could: all of one of them */
    DECODE_STEP_END,  /* of a member; `in` is behind it */
    DECODE_STEP_DAMAGED,
    DECODE_STEP_TOO_GREAT,
    DECODE_STEP_NO_MEMORY,
};

struct decode_codec {
    const char *name;
    /* A member begins with so many bytes that tell it; 0 if nothing does: then one member is all there is. */
    size_t magic_size;
    bool (*may_begin)(const uint8_t *bytes, size_t n); /* with these, at most magic_size */
    int (*new)(void **ret);                            /* returns 0 or -ENOMEM */
    void (*begin)(void *stream);                       /* another member */
    enum decode_step (*step)(void *stream, struct decode_io *io);
    void (*free)(void *stream); /* takes NULL */
};

extern const struct decode_codec decode_gzip;
extern const struct decode_codec decode_deflate;
extern const struct decode_codec decode_br;
extern const struct decode_codec decode_zstd;
