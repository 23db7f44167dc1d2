/* Backup: a copy of the store in pieces. Thread: any. */
#pragma once

#include "wire/shape.h"

/* Bytes of a piece at most: as text, with what stands around it, they fit a frame. */
#define WIRE_BACKUP_PIECE (384U << 10)

struct wire_backup_out {
    const char *bytes; /* base64; empty while the copy is being made, and in the last reply */
    int64_t size;      /* of the whole copy */
};

extern const struct wire_shape wire_backup_out_shape;
