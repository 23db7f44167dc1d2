/* The decoders of the Encoding Standard (sections 10 to 13) for encodings with characters of several bytes,
 * a byte at a time. Which bytes a malformed sequence takes is the standard's: an ASCII byte never. Owner: a
 * decoder. Thread: one at a time. */
#pragma once

#include "words/decode_index.h"
#include "words/encoding.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum iso_2022_jp_state {
    JIS_ASCII,
    JIS_ROMAN,
    JIS_KATAKANA,
    JIS_LEAD,
    JIS_TRAIL,
    JIS_ESCAPE_START,
    JIS_ESCAPE,
};

struct decode_multi {
    enum encoding_kind kind;
    const uint32_t *index;
    const uint32_t *second_index; /* GB 18030's ranges, JIS X 0212 */

    uint8_t lead[3]; /* a character's first bytes; 0 where there is none yet */
    enum iso_2022_jp_state state;
    enum iso_2022_jp_state output_state;
    bool output_switched; /* an escape sequence right behind another one is malformed */

    uint32_t *output; /* while a byte is decoded */
};

/* No byte gives more. */
#define DECODE_MULTI_MAX 4

/* `encoding` is one of several bytes. Returns 0 or -ENOMEM. */
int decode_multi_init(struct decode_multi *multi, const struct encoding *encoding);

/* The code points that this byte completes, DECODE_MALFORMED for each malformed sequence. Returns how many.
 */
size_t decode_multi_byte(struct decode_multi *multi, uint8_t byte, uint32_t ret[static DECODE_MULTI_MAX]);

/* The same at the end of input. */
size_t decode_multi_finish(struct decode_multi *multi, uint32_t ret[static DECODE_MULTI_MAX]);

/* Whether what comes next begins a character, and ASCII means itself. */
static inline bool decode_multi_is_idle(const struct decode_multi *multi)
{
    return multi->lead[0] == 0 && multi->kind != ENCODING_ISO_2022_JP;
}
