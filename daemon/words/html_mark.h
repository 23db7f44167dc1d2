/* The bytes that may mean something to the tokenizer, `< > & " ' =` and NUL, found many at a time. For
 * html*.c alone. Thread: any. */
#pragma once

#include "words/cpu.h"
#include <stddef.h>
#include <stdint.h>

/* Bytes are looked at in blocks of this size. */
#define HTML_MARK_BLOCK 64
#define HTML_MARK_MAX_BLOCKS 16
/* Room for the places of all of them, and more that may be written behind. */
#define HTML_MARK_PLACES (HTML_MARK_BLOCK * HTML_MARK_MAX_BLOCKS + HTML_MARK_BLOCK)
/* Behind the last place; greater than any. */
#define HTML_MARK_END UINT16_MAX

/* Writes the places of such bytes in ascending order, counted from `bytes`, and HTML_MARK_END. */
typedef void (*html_mark_function)(
    const uint8_t *bytes, size_t n_blocks, uint16_t ret_places[static HTML_MARK_PLACES]);

#if CPU_X86
void html_mark_sse42(const uint8_t *bytes, size_t n_blocks, uint16_t ret_places[static HTML_MARK_PLACES]);
void html_mark_avx2(const uint8_t *bytes, size_t n_blocks, uint16_t ret_places[static HTML_MARK_PLACES]);
void html_mark_avx512(const uint8_t *bytes, size_t n_blocks, uint16_t ret_places[static HTML_MARK_PLACES]);
#endif

/* The one for cpu_level(). */
html_mark_function html_mark_choose(void);
