/* Whether text is valid UTF-8, 64 bytes at a time. For decode_utf8*.c only. Thread: any. */
#pragma once

#include "words/cpu.h"
#include <stddef.h>
#include <stdint.h>

#define UTF8_BLOCK 64

/* Returns a length as far as which `bytes` are valid: that of all whole blocks, less an incomplete character
 * at their end, or less what begins with a character that is not valid or has four bytes. */
typedef size_t (*decode_utf8_blocks)(const uint8_t *bytes, size_t size);

#if CPU_X86
size_t decode_utf8_blocks_sse42(const uint8_t *bytes, size_t size);
size_t decode_utf8_blocks_avx2(const uint8_t *bytes, size_t size);
size_t decode_utf8_blocks_avx512(const uint8_t *bytes, size_t size);
#endif
