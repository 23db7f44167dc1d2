#include "base/array.h"

#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int array_reserve_one(void *items, size_t n, size_t *capacity, size_t element_size)
{
    void **storage = items;
    size_t wanted = *capacity ? *capacity * 2 : 8;
    void *grown;

    if (n < *capacity)
        return 0;
    grown = reallocarray(*storage, wanted, element_size);
    if (!grown)
        return -ENOMEM;
    *storage = grown;
    *capacity = wanted;
    return 0;
}

void buffer_deinit(struct buffer *buffer)
{
    free(buffer->bytes);
    *buffer = (struct buffer){0};
}

int buffer_reserve(struct buffer *buffer, size_t size)
{
    size_t wanted = buffer->capacity ? buffer->capacity : 256;
    uint8_t *grown;

    if (size <= buffer->capacity - buffer->size)
        return 0;
    if (size > SIZE_MAX / 2 - buffer->size)
        return -ENOMEM;
    while (wanted < buffer->size + size)
        wanted *= 2;
    grown = realloc(buffer->bytes, wanted);
    if (!grown)
        return -ENOMEM;
    buffer->bytes = grown;
    buffer->capacity = wanted;
    return 0;
}

int buffer_append(struct buffer *buffer, const void *bytes, size_t size)
{
    int r = buffer_reserve(buffer, size);

    if (r < 0)
        return r;
    if (size > 0)
        memcpy(buffer->bytes + buffer->size, bytes, size);
    buffer->size += size;
    return 0;
}

int buffer_append_text(struct buffer *buffer, const char *text)
{
    return buffer_append(buffer, text, strlen(text));
}

int buffer_printf(struct buffer *buffer, const char *format, ...)
{
    va_list arguments;
    char *text;
    int length;
    int r;

    va_start(arguments, format);
    length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        return -ENOMEM;
    r = buffer_append(buffer, text, (size_t)length);
    free(text);
    return r;
}

void buffer_consume(struct buffer *buffer, size_t size)
{
    assert(size <= buffer->size);
    memmove(buffer->bytes, buffer->bytes + size, buffer->size - size);
    buffer->size -= size;
}
