#include "ctl/escape.h"

#include "wire/unicode.h"
#include <stdbool.h>
#include <string.h>

/* What moves the cursor, ends the line or changes the direction of what follows (UAX #9, 3.1), and tags. */
static bool is_unsafe(uint32_t character)
{
    return character < 0x20 || (character >= 0x7f && character < 0xa0) || character == 0x2028 ||
        character == 0x2029 || (character >= 0x202a && character <= 0x202e) ||
        (character >= 0x2066 && character <= 0x2069) || character == 0xfeff ||
        (character >= 0xe0000 && character <= 0xe007f);
}

/* Of well-formed UTF-8. */
static uint32_t code_point(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;
    uint32_t character = length == 1 ? bytes[0] : bytes[0] & (0x7fu >> length);

    for (size_t i = 1; i < length; i++)
        character = character << 6 | (bytes[i] & 0x3f);
    return character;
}

static int append_escape(struct buffer *buffer, uint32_t character)
{
    static const char names[] = "\t\n\r";
    const char *name = character ? strchr(names, (int)character) : NULL;

    if (character < 0x80 && name)
        return buffer_printf(buffer, "\\%c", "tnr"[name - names]);
    if (character > 0xffff)
        return buffer_printf(buffer, "\\U%08x", character);
    return buffer_printf(buffer, "\\u%04x", character);
}

int escape_append(struct buffer *buffer, const char *text, size_t size)
{
    size_t plain = 0; /* where the run of characters that need no escape begins */
    uint32_t character;
    int r;

    for (size_t i = 0, length; i < size; i += length) {
        length = unicode_character(text + i, size - i);
        character = length > 0 ? code_point(text + i, length) : 0;
        if (length > 0 && !is_unsafe(character))
            continue;
        r = buffer_append(buffer, text + plain, i - plain);
        if (r < 0)
            return r;
        r = length == 0 ? buffer_printf(buffer, "\\x%02x", (unsigned char)text[i])
                        : append_escape(buffer, character);
        if (r < 0)
            return r;
        length = length == 0 ? 1 : length;
        plain = i + length;
    }
    return buffer_append(buffer, text + plain, size - plain);
}
