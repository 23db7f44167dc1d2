/* Percent-encoding: the one spelling of a path and query that stands for all of them (RFC
 * 3986 6.2.2.1, 6.2.2.2). Escapes of unreserved characters are decoded, all others get upper case digits; a
 * '%' that starts no escape, a character that RFC 3986 does not allow there, and each byte above 0x7f is
 * encoded. Applying it twice changes nothing more. Pure. Thread: any. */
#pragma once

#include "base/array.h"
#include <stdbool.h>
#include <stddef.h>

/* Letters, digits and "-._~" (RFC 3986 2.3). */
bool escape_is_unreserved(unsigned char c);

/* May stand as it is in a path or query: unreserved, sub-delims, and ":@/?[]". */
bool escape_is_plain(unsigned char c);

/* The byte that the escape at `text` ("%41...") stands for, or -1 if there is none. */
int escape_decode(const char *text, size_t size);

/* "%41". Returns 0 or -ENOMEM. */
int escape_append(struct buffer *buffer, unsigned char c);

/* Appends the one spelling of `text`. Returns 0 or -ENOMEM. */
int escape_canonical(struct buffer *buffer, const char *text, size_t size);
