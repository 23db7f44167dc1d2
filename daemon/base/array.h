/* A growing array of elements of one size, and a growing byte buffer. Owner: whoever embeds it. Thread: one.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* Makes room for one more element in the array at *items, which holds n of them and has room for *capacity.
 * Doubles. Returns 0 or -ENOMEM, and then the array is as it was. */
int array_reserve_one(void *items, size_t n, size_t *capacity, size_t element_size);

struct buffer {
    uint8_t *bytes;
    size_t size;
    size_t capacity;
};

void buffer_deinit(struct buffer *buffer);

/* Returns 0 or -ENOMEM, and then the buffer is as it was. */
int buffer_append(struct buffer *buffer, const void *bytes, size_t size);
int buffer_append_text(struct buffer *buffer, const char *text);
int buffer_printf(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Makes room for `size` more bytes behind buffer->size. Returns 0 or -ENOMEM, and then the buffer is as it
 * was. */
int buffer_reserve(struct buffer *buffer, size_t size);

/* Drops the first `size` bytes, of which there are as many. */
void buffer_consume(struct buffer *buffer, size_t size);
