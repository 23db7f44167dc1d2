/* Cuts a stream of bytes into messages that end with a NUL. Bytes are read straight into the splitter's room
 * and messages are handed out in place. Owner: whoever embeds it. Thread: one. */
#pragma once

#include "base/array.h"
#include <stdbool.h>

#define WIRE_MAX_FRAME (1U << 20) /* bytes of a message, its NUL not counted */
#define WIRE_MAX_NESTING 32
#define WIRE_READ_SIZE (64U << 10)

struct wire_frames {
    struct buffer input;
    size_t start;   /* of the first message that was not handed out */
    size_t scanned; /* no NUL lies between start and here */
};

void wire_frames_deinit(struct wire_frames *frames);

/* Where the next bytes go: *ret has room for *ret_size > 0. Messages handed out before become invalid. 0 or
 * -ENOMEM. */
int wire_frames_room(struct wire_frames *frames, void **ret, size_t *ret_size);
/* So many bytes were written there. */
void wire_frames_filled(struct wire_frames *frames, size_t size);

/* 1 and the next message, whose NUL stands at (*ret)[*ret_size]; 0 if no whole one is there; -EMSGSIZE if it
 * grows beyond WIRE_MAX_FRAME. Borrowed until wire_frames_room(). */
int wire_frames_next(struct wire_frames *frames, const char **ret, size_t *ret_size);

/* A message has begun and not ended. */
bool wire_frames_partial(const struct wire_frames *frames);
