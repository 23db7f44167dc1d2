/* What the first bytes of a page say: HTML or text, and its encoding. In this order: byte order mark, the
 * label that came with the page, HTML's <meta> prescan, UTF-8 if the bytes are valid UTF-8, a detector.
 * Thread: any. */
#pragma once

#include "words/encoding.h"
#include "words/words.h"
#include <stdbool.h>

/* No decision looks at more bytes than these. */
#define SNIFF_MAX_TYPE 512
#define SNIFF_MAX_PRESCAN 1024
#define SNIFF_MAX 16384

struct sniff {
    enum words_type type; /* WORDS_HTML or WORDS_TEXT */
    const struct encoding *encoding;
    enum words_charset_from from;
    size_t mark_size; /* bytes of the byte order mark, which is no text */
};

/* `bytes` are the beginning of the page, `complete` if they are all of it. `label` is NULL or the charset
 * that came with the page. Returns 1 and the result; 0 if more bytes are needed, never with SNIFF_MAX of
 * them; -ENOMEM. What it returns for a page does not depend on how many bytes it was asked with. */
int sniff(enum words_type type, const char *label, const uint8_t *bytes, size_t size, bool complete,
    struct sniff *ret);

/* Whether a page of unknown type is neither HTML nor text. True for some bytes is true for any that begin
 * with them; no more than SNIFF_MAX_TYPE matter. */
bool sniff_is_binary(const char *label, const uint8_t *bytes, size_t size);

/* HTML's "prescan a byte stream to determine its encoding". NULL if the bytes do not say. */
const struct encoding *sniff_prescan(const uint8_t *bytes, size_t size);
