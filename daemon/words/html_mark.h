/* The bytes that may mean something to the tokenizer, `< > & " ' =` and NUL, found many at a time. For
 * html*.c alone. Thread: any. */
#pragma once

#include "words/cpu.h"
#include <stddef.h>
#include <stdint.h>

/* Bytes that one number stands for: bit i is set if byte i is such a one. */
#define HTML_MARK_BLOCK 64

typedef void (*html_mark_function)(const uint8_t *bytes, size_t n_blocks, uint64_t *ret_marks);

void html_mark_portable(const uint8_t *bytes, size_t n_blocks, uint64_t *ret_marks);
#if CPU_X86
void html_mark_sse42(const uint8_t *bytes, size_t n_blocks, uint64_t *ret_marks);
void html_mark_avx2(const uint8_t *bytes, size_t n_blocks, uint64_t *ret_marks);
void html_mark_avx512(const uint8_t *bytes, size_t n_blocks, uint64_t *ret_marks);
#endif

/* The one for cpu_level(). */
html_mark_function html_mark_choose(void);
