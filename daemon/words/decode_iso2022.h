/* The decoder of ISO-2022-JP (Encoding Standard 12.2.1), the one encoding whose escape sequences change what
 * bytes mean. Owner: a decode_multi. Thread: one at a time. */
#pragma once

#include "words/decode_multi.h"

/* Puts what this byte completes. */
void decode_iso2022_byte(struct decode_multi *multi, uint8_t byte);

/* Puts what an escape sequence is that the input's end cuts; a character that it cuts is left. */
void decode_iso2022_finish(struct decode_multi *multi);
