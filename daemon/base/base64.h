/* Bytes as text: base64 of RFC 4648, section 4, with padding. Thread: any. */
#pragma once

#include <stddef.h>

/* Characters that `size` bytes become. */
#define BASE64_LENGTH(size) (((size) + 2) / 3 * 4)

/* Writes BASE64_LENGTH(size) characters and a NUL. */
void base64_encode(const void *bytes, size_t size, char *ret);

/* Writes at most length / 4 * 3 bytes. Returns 0, or -EINVAL for what base64_encode() would not have made. */
int base64_decode(const char *text, size_t length, void *ret, size_t *ret_size);
