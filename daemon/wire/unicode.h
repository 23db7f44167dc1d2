/* Which bytes are UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF). Thread: any. */
#pragma once

#include <stddef.h>

/* The bytes of the character at the start of text, which has size > 0 bytes; 0 if it begins no valid
 * character. */
size_t unicode_character(const char *text, size_t size);
