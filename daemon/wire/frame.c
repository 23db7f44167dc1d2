#include "wire/frame.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

/* A buffer that has grown beyond this is given back once it is empty. */
#define KEEP_SIZE (2 * WIRE_READ_SIZE)

void wire_frames_deinit(struct wire_frames *frames)
{
    buffer_deinit(&frames->input);
    *frames = (struct wire_frames){0};
}

int wire_frames_room(struct wire_frames *frames, void **ret, size_t *ret_size)
{
    size_t wanted = WIRE_READ_SIZE;
    int r;

    if (frames->start > 0) {
        buffer_consume(&frames->input, frames->start);
        frames->scanned -= frames->start;
        frames->start = 0;
    }
    if (frames->input.size == 0 && frames->input.capacity > KEEP_SIZE)
        buffer_deinit(&frames->input);
    r = buffer_reserve(&frames->input, wanted);
    if (r < 0)
        return r;
    *ret = frames->input.bytes + frames->input.size;
    *ret_size = wanted;
    return 0;
}

void wire_frames_filled(struct wire_frames *frames, size_t size)
{
    assert(size <= frames->input.capacity - frames->input.size);
    frames->input.size += size;
}

int wire_frames_next(struct wire_frames *frames, const char **ret, size_t *ret_size)
{
    const uint8_t *bytes = frames->input.bytes;
    size_t unscanned = frames->input.size - frames->scanned;
    const uint8_t *end = unscanned > 0 ? memchr(bytes + frames->scanned, '\0', unscanned) : NULL;
    size_t stop = end ? (size_t)(end - bytes) : frames->input.size;

    if (stop - frames->start > WIRE_MAX_FRAME)
        return -EMSGSIZE;
    frames->scanned = stop;
    if (!end)
        return 0;
    *ret = (const char *)bytes + frames->start;
    *ret_size = stop - frames->start;
    frames->start = frames->scanned = stop + 1;
    return 1;
}

bool wire_frames_partial(const struct wire_frames *frames)
{
    return frames->input.size > frames->start;
}
