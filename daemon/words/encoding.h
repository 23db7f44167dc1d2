/* The encodings of the WHATWG Encoding Standard: from their labels to their names and decoders. Thread: any.
 */
#pragma once

#include <stddef.h>

enum encoding_kind {
    ENCODING_UTF8,
    ENCODING_UTF16LE,
    ENCODING_UTF16BE,
    ENCODING_SINGLE_BYTE, /* ASCII, and a table for the rest, made by ICU's converter */
    ENCODING_GB18030,     /* from here on characters of several bytes, see decode_multi.h */
    ENCODING_BIG5,
    ENCODING_EUC_JP,
    ENCODING_ISO_2022_JP,
    ENCODING_SHIFT_JIS,
    ENCODING_EUC_KR,
    ENCODING_USER_DEFINED, /* x-user-defined */
    ENCODING_REPLACEMENT,  /* encodings that are refused: one U+FFFD for any input */
};

struct encoding {
    const char *name; /* the standard's, lower case */
    enum encoding_kind kind;
    const char *converter; /* ICU's name of what its table is made from, if it is made from ICU's */
};

/* Checks that ICU has each converter. Once per process. Returns 0; -ENOMEM; -ELIBBAD. */
int encoding_init(void);

/* "Get an encoding": white space around and case are ignored. NULL for no label of the standard. */
const struct encoding *encoding_from_label(const char *label, size_t size);

extern const struct encoding *const encoding_utf8;
extern const struct encoding *const encoding_utf16le;
extern const struct encoding *const encoding_utf16be;
extern const struct encoding *const encoding_windows1252;
