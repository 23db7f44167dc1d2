/* The encodings of the WHATWG Encoding Standard: from their labels to their names and decoders. Thread: any.
 */
#pragma once

#include <stddef.h>

enum encoding_kind {
    ENCODING_UTF8,
    ENCODING_UTF16LE,
    ENCODING_UTF16BE,
    ENCODING_SINGLE_BYTE,  /* ASCII, and a table for the rest, made by ICU's converter */
    ENCODING_MULTI_BYTE,   /* ICU's converter */
    ENCODING_USER_DEFINED, /* x-user-defined */
    ENCODING_REPLACEMENT,  /* encodings that are refused: one U+FFFD for any input */
};

struct encoding {
    const char *name; /* the standard's, lower case */
    enum encoding_kind kind;
    const char *converter; /* ICU's name, for ENCODING_SINGLE_BYTE and ENCODING_MULTI_BYTE */
};

/* Checks that ICU has each converter. Once per process. Returns 0; -ENOMEM; -ELIBBAD. */
int encoding_init(void);

/* "Get an encoding": white space around and case are ignored. NULL for no label of the standard. */
const struct encoding *encoding_from_label(const char *label, size_t size);

extern const struct encoding *const encoding_utf8;
extern const struct encoding *const encoding_utf16le;
extern const struct encoding *const encoding_utf16be;
extern const struct encoding *const encoding_windows1252;
