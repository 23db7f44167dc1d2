#include "counts/file_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char file_columns[] =
    "url\tsubmitted\tlabel\toutcome\thttpStatus\thost\tfinalUrl\tcontentType\tcharset\tcharsetFrom\ttitle\t"
    "contentHash\tbodyBytes\twireBytes\treplaced\ttokens\tdistinct\tfetched\tcountedFrom\tseconds\tattempts\t"
    "detail";

static bool is_plain(char c)
{
    return (unsigned char)c >= 0x20 && c != 0x7f && c != '\\';
}

int file_put(struct buffer *buffer, const char *text, size_t size)
{
    size_t done = 0;
    int r = buffer_append(buffer, "\t", 1);

    for (size_t i = 0; i < size && r == 0; i++) {
        char escape[8];

        if (is_plain(text[i]))
            continue;
        (void)snprintf(escape, sizeof(escape), "\\x%02x", (unsigned char)text[i]);
        r = buffer_append(buffer, text + done, i - done);
        if (r == 0)
            r = buffer_append(buffer, escape, 4);
        done = i + 1;
    }
    return r < 0 ? r : buffer_append(buffer, text + done, size - done);
}

int file_put_text(struct buffer *buffer, const char *text)
{
    return file_put(buffer, text ? text : "", text ? strlen(text) : 0);
}

int file_put_number(struct buffer *buffer, uint64_t number)
{
    char text[24];
    int length = snprintf(text, sizeof(text), "%" PRIu64, number);

    return file_put(buffer, text, (size_t)length);
}

static int digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool file_take(char *field, size_t size, size_t *ret_size)
{
    size_t n = 0;

    for (size_t i = 0; i < size; i++) {
        int high;
        int low;
        int code;

        if (is_plain(field[i])) {
            field[n++] = field[i];
            continue;
        }
        if (field[i] != '\\' || size - i < 4 || field[i + 1] != 'x')
            return false;
        high = digit(field[i + 2]);
        low = digit(field[i + 3]);
        code = high * 16 + low;
        /* One spelling for each text, and no text with a NUL in it. */
        if (high < 0 || low < 0 || code == 0 || code > 0x7f || is_plain((char)code))
            return false;
        field[n++] = (char)code;
        i += 3;
    }
    field[n] = '\0';
    *ret_size = n;
    return true;
}

bool file_take_number(const char *field, uint64_t max, uint64_t *ret)
{
    uint64_t number = 0;

    if (!*field || (*field == '0' && field[1]))
        return false;
    for (; *field; field++) {
        if (*field < '0' || *field > '9' || __builtin_mul_overflow(number, UINT64_C(10), &number) ||
            __builtin_add_overflow(number, (uint64_t)(*field - '0'), &number))
            return false;
    }
    *ret = number;
    return number <= max;
}

/* Bytes of the character at the start; 0 if there is none. RFC 3629. */
static size_t character(const unsigned char *text, size_t size)
{
    size_t n = text[0] < 0x80 ? 1 : text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;

    if (n == 1)
        return 1;
    if (n > size || text[0] < 0xc2 || text[0] > 0xf4)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((text[i] & 0xc0) != 0x80)
            return 0;
    /* Overlong forms, surrogates, beyond U+10FFFF. */
    if ((text[0] == 0xe0 && text[1] < 0xa0) || (text[0] == 0xed && text[1] > 0x9f) ||
        (text[0] == 0xf0 && text[1] < 0x90) || (text[0] == 0xf4 && text[1] > 0x8f))
        return 0;
    return n;
}

bool file_is_utf8(const char *text, size_t size)
{
    for (size_t i = 0, n; i < size; i += n) {
        n = character((const unsigned char *)text + i, size - i);
        if (n == 0)
            return false;
    }
    return true;
}

int file_compare(const char *a, size_t a_size, const char *b, size_t b_size)
{
    int order = memcmp(a, b, a_size < b_size ? a_size : b_size);

    return order != 0 ? order : (a_size > b_size) - (a_size < b_size);
}
