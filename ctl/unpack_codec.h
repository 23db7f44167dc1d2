/* One format of unpack.h: what its library does, in the same words for all. Thread: one at a time. */
#pragma once

#include "ctl/unpack.h"
#include <stdbool.h>

/* Moves on as bytes are taken and written. */
struct unpack_io {
    const uint8_t *in;
    size_t in_size;
    uint8_t *out;
    size_t out_size;
};

enum unpack_step {
    UNPACK_MORE,    /* took or wrote what it could */
    UNPACK_END,     /* of a member; *in is behind it */
    UNPACK_DAMAGED, /* malformed, or a checksum does not fit */
    UNPACK_TOO_BIG, /* would take more than UNPACK_MAX_MEMORY */
    UNPACK_NO_MEMORY,
};

struct unpack_codec {
    const char *name;
    bool (*sniff)(const uint8_t *bytes, size_t size);
    int (*new)(void **ret);     /* returns 0 or -ENOMEM */
    int (*begin)(void *stream); /* a member; returns 0 or -ENOMEM */
    enum unpack_step (*step)(void *stream, struct unpack_io *io);
    void (*free)(void *stream); /* takes NULL */
};

extern const struct unpack_codec unpack_gzip;
extern const struct unpack_codec unpack_bzip2;
extern const struct unpack_codec unpack_xz;
extern const struct unpack_codec unpack_zstd;
