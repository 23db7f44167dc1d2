#include "fetch/escape.h"

enum kind {
    NEITHER,
    PLAIN,
    UNRESERVED, /* and plain */
};

static const unsigned char kinds[256] = {
    ['a' ... 'z'] = UNRESERVED,
    ['A' ... 'Z'] = UNRESERVED,
    ['0' ... '9'] = UNRESERVED,
    ['-'] = UNRESERVED,
    ['.'] = UNRESERVED,
    ['_'] = UNRESERVED,
    ['~'] = UNRESERVED,
    ['!'] = PLAIN,
    ['$'] = PLAIN,
    ['&'] = PLAIN,
    ['\''] = PLAIN,
    ['('] = PLAIN,
    [')'] = PLAIN,
    ['*'] = PLAIN,
    ['+'] = PLAIN,
    [','] = PLAIN,
    [';'] = PLAIN,
    ['='] = PLAIN,
    [':'] = PLAIN,
    ['@'] = PLAIN,
    ['/'] = PLAIN,
    ['?'] = PLAIN,
    ['['] = PLAIN,
    [']'] = PLAIN,
};

bool escape_is_unreserved(unsigned char c)
{
    return kinds[c] == UNRESERVED;
}

bool escape_is_plain(unsigned char c)
{
    return kinds[c] != NEITHER;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    if (c >= 'A' && c <= 'F')
        return c - 'A' + 10;
    return -1;
}

int escape_decode(const char *text, size_t size)
{
    int high;
    int low;

    if (size < 3 || text[0] != '%')
        return -1;
    high = hex_value(text[1]);
    low = hex_value(text[2]);
    return high < 0 || low < 0 ? -1 : high * 16 + low;
}

int escape_append(struct buffer *buffer, unsigned char c)
{
    static const char digits[] = "0123456789ABCDEF";
    const char escape[3] = {'%', digits[c >> 4], digits[c & 15]};

    return buffer_append(buffer, escape, sizeof(escape));
}

int escape_canonical(struct buffer *buffer, const char *text, size_t size)
{
    size_t i = 0;

    while (i < size) {
        size_t plain = i;
        int value;
        int r;

        while (plain < size && escape_is_plain((unsigned char)text[plain]))
            plain++;
        r = buffer_append(buffer, text + i, plain - i);
        i = plain;
        if (r < 0)
            return r;
        if (i == size)
            break;

        value = escape_decode(text + i, size - i);
        if (value >= 0 && escape_is_unreserved((unsigned char)value)) {
            char c = (char)value;

            r = buffer_append(buffer, &c, 1);
        } else {
            r = escape_append(buffer, value >= 0 ? (unsigned char)value : (unsigned char)text[i]);
        }
        if (r < 0)
            return r;
        i += value >= 0 ? 3 : 1;
    }
    return 0;
}
