/* The indexes of the Encoding Standard (section 5): ICU's converters' tables, corrected where the standard's
 * differ. Made when first asked for, and kept. Thread: any. */
#pragma once

#include <stdint.h>

/* No code point: in an index, no character; from a decoder, what is malformed. */
#define DECODE_MALFORMED UINT32_MAX

enum decode_index {
    INDEX_GB18030,        /* two bytes, by (lead - 0x81) * 190 + trail - 0x40, less one above 0x7F */
    INDEX_GB18030_RANGES, /* four bytes, those below U+10000, by the standard's pointer */
    INDEX_BIG5,           /* by (lead - 0x81) * 157 + trail - 0x40, less 0x22 above 0x7F */
    INDEX_EUC_KR,         /* by (lead - 0x81) * 190 + trail - 0x41 */
    INDEX_JIS0208,        /* rows of 94; those above 94 are what Shift_JIS has beyond */
    INDEX_JIS0212,        /* rows of 94 */
    N_DECODE_INDEXES,
};

#define INDEX_GB18030_SIZE (126 * 190)
#define INDEX_GB18030_RANGES_SIZE 39420
#define INDEX_BIG5_SIZE (126 * 157)
#define INDEX_EUC_KR_SIZE (126 * 190)
#define INDEX_JIS0208_SIZE (60 * 188)
#define INDEX_JIS0212_SIZE (94 * 94)

/* Sets *ret to the code points by pointer, DECODE_MALFORMED where there is none. Returns 0 or -ENOMEM. */
int decode_index_get(enum decode_index index, const uint32_t **ret);
