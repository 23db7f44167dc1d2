/* The attributes that matter to which text counts. For html*.c alone. Thread: any. */
#pragma once

#include "words/html.h"

enum attribute {
    ATTRIBUTE_OTHER = 0,
    ATTRIBUTE_HIDDEN = 1 << 0,
    ATTRIBUTE_OPEN = 1 << 1,
    ATTRIBUTE_STYLE = 1 << 2,
    ATTRIBUTE_TYPE = 1 << 3,
};

/* Like html_attribute_of(), by a name in lower case of up to eight bytes as a number, whose first byte is the
 * lowest. */
static inline enum attribute html_attribute_from_key(uint64_t key)
{
    switch (key) {
    case UINT64_C(0x6E6564646968): /* "hidden" */
        return ATTRIBUTE_HIDDEN;
    case UINT64_C(0x6E65706F): /* "open" */
        return ATTRIBUTE_OPEN;
    case UINT64_C(0x656C797473): /* "style" */
        return ATTRIBUTE_STYLE;
    case UINT64_C(0x65707974): /* "type" */
        return ATTRIBUTE_TYPE;
    default:
        return ATTRIBUTE_OTHER;
    }
}

/* Case does not matter. */
enum attribute html_attribute_of(const uint8_t *name, size_t size);

/* What an attribute means. False if its value cannot be taken as it stands, for the references in it. `seen`
 * are those that the tag has: of several of a name the first counts. */
bool html_note_attribute(
    struct html_tag *tag, uint8_t *seen, enum attribute attribute, const uint8_t *value, size_t value_size);
