#include "wire/scan.h"

#include "wire/unicode.h"
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* The position behind the string whose opening quote is at `position`; 0 if it is malformed. */
static size_t scan_string(const char *text, size_t size, size_t position)
{
    position++;
    while (position < size) {
        uint8_t byte = (uint8_t)text[position];
        size_t length;

        if (byte == '"')
            return position + 1;
        if (byte < 0x20)
            return 0;
        if (byte >= 0x80) {
            length = unicode_character(text + position, size - position);
            if (length == 0)
                return 0;
            position += length;
            continue;
        }
        if (byte == '\\') {
            if (size - position >= 6 && memcmp(text + position + 1, "u0000", 5) == 0)
                return 0;
            position++;
            if (position == size || !strchr("\"\\/bfnrtu", text[position]))
                return 0;
        }
        position++;
    }
    return 0;
}

static bool is_digit(char character)
{
    return character >= '0' && character <= '9';
}

/* A byte between strings. The letters are those of true, false, null and of exponents. */
static bool byte_fits(const char *text, size_t size, size_t position)
{
    char character = text[position];

    if (character == '.')
        return position + 1 < size && is_digit(text[position + 1]);
    return character != '\0' && strchr(",:{}[]0123456789-truefalsnE+ \t\r\n", character);
}

int scan_json(const char *text, size_t size, size_t *ret_keys)
{
    size_t n_containers = 0;
    size_t n_keys = 0;
    size_t position = 0;

    while (position < size) {
        if (text[position] == '"') {
            position = scan_string(text, size, position);
            if (position == 0)
                return -EBADMSG;
            continue;
        }
        if (!byte_fits(text, size, position))
            return -EBADMSG;
        n_keys += text[position] == ':';
        n_containers += text[position] == '{' || text[position] == '[';
        position++;
    }
    if (n_containers > WIRE_MAX_CONTAINERS)
        return -EBADMSG;
    *ret_keys = n_keys;
    return 0;
}
