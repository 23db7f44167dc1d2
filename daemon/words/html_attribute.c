#include "words/html_attribute.h"

#include "words/html_states.h"
#include "words/style.h"

#include <string.h>

/* `lower` is of the same length. */
static bool same_letters(const uint8_t *name, const char *lower, size_t size)
{
    size_t i = 0;

    while (i < size && html_lower(name[i]) == (uint8_t)lower[i])
        i++;
    return i == size;
}

enum attribute html_attribute_of(const uint8_t *name, size_t size)
{
    switch (size) {
    case 4:
        if (same_letters(name, "type", size))
            return ATTRIBUTE_TYPE;
        return same_letters(name, "open", size) ? ATTRIBUTE_OPEN : ATTRIBUTE_OTHER;
    case 5:
        return same_letters(name, "style", size) ? ATTRIBUTE_STYLE : ATTRIBUTE_OTHER;
    case 6:
        return same_letters(name, "hidden", size) ? ATTRIBUTE_HIDDEN : ATTRIBUTE_OTHER;
    default:
        return ATTRIBUTE_OTHER;
    }
}

bool html_note_attribute(
    struct html_tag *tag, uint8_t *seen, enum attribute attribute, const uint8_t *value, size_t value_size)
{
    bool first = !(*seen & attribute);

    if (attribute == ATTRIBUTE_OTHER)
        return true;
    *seen |= attribute;
    if (value_size > HTML_MAX_VALUE)
        value_size = HTML_MAX_VALUE;
    switch (attribute) {
    case ATTRIBUTE_HIDDEN:
        tag->has_hidden = true;
        break;
    case ATTRIBUTE_OPEN:
        tag->has_open = true;
        break;
    case ATTRIBUTE_STYLE:
        if (first)
            tag->display_none = style_hides((const char *)value, value_size);
        return !memchr(value, '&', value_size);
    case ATTRIBUTE_TYPE:
        if (first)
            tag->type_hidden = value_size == 6 && same_letters(value, "hidden", 6);
        return !memchr(value, '&', value_size);
    case ATTRIBUTE_OTHER:
        break;
    }
    return true;
}
