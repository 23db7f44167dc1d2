/* The key of a word: NFKC; default-ignorable characters removed, but for ZWNJ and ZWJ between other
 * characters; root lower case; NFKC again; U+2019 as U+0027; no spaces. Of the first 256 code points. Thread:
 * any, after key_init(). */
#pragma once

#include "words/words.h"
#include <stddef.h>
#include <stdint.h>

#define KEY_MAX_CODE_POINTS 256

/* Returns 0; -ENOMEM; -ELIBBAD if ICU lacks its data. */
int key_init(void);

/* What a character below U+10000 is in a key, whatever stands around it; 0 if that depends or is not one
 * character. */
uint32_t key_simple(uint32_t c);

/* Keys are written in whole units, the last one filled up with zeros. */
#define KEY_UNIT 16
#define KEY_ROOM (WORDS_MAX_KEY + KEY_UNIT)

/* `word` is valid UTF-8. *ret_size is 0 if it has no key.
 * Returns 0 or -ENOMEM. */
int key_make(const uint8_t *word, size_t size, uint8_t key[static KEY_ROOM], size_t *ret_size);
