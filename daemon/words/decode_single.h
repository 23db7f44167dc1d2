/* The tables of the encodings of one byte a character: ICU's, corrected where the standard's differ. Thread:
 * any. */
#pragma once

#include "words/encoding.h"
#include <stdint.h>

/* The characters of the bytes 80 to FF, U+FFFD where there is none. Returns 0 or -ENOMEM. */
int decode_single_byte_table(const struct encoding *encoding, uint16_t upper[static 128]);
