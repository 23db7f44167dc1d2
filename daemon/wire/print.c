#include "wire/print.h"

#include "wire/encode.h"
#include "wire/unicode.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* With three digits behind the point, below this, a number has fewer than 15. */
#define MAX_PLAIN 1e11

static const char replacement[] = "\xEF\xBF\xBD";

int print_int(struct buffer *buffer, int64_t value)
{
    char text[24];
    char *end = text + sizeof(text);
    char *start = end;
    uint64_t rest = value < 0 ? -(uint64_t)value : (uint64_t)value;

    do
        *--start = (char)('0' + rest % 10);
    while (rest /= 10);
    if (value < 0)
        *--start = '-';
    return buffer_append(buffer, start, (size_t)(end - start));
}

/* The decimal separator of the locale, which may be several bytes, becomes a point. */
static size_t normalise_point(char *text)
{
    size_t n = 0;

    for (const char *p = text; *p; p++) {
        if (strchr("0123456789+-e", *p))
            text[n++] = *p;
        else if (n == 0 || text[n - 1] != '.')
            text[n++] = '.';
    }
    text[n] = '\0';
    return n;
}

#define PRINT_FLOAT_SIZE 32

/* Shortest text that reads back as the value; one that is not finite gives 0 bytes. */
static size_t print_float(double value, char text[static PRINT_FLOAT_SIZE])
{
    if (!isfinite(value))
        return 0;
    for (int digits = 15; digits <= 17; digits++) {
        (void)snprintf(text, PRINT_FLOAT_SIZE, "%.*g", digits, value);
        if (strtod(text, NULL) == value)
            break;
    }
    return normalise_point(text);
}

/* Most are times in milliseconds, or counts: what is so many thousandths, in few enough digits for these to
 * be all that there are. */
static int print_thousandths(struct buffer *buffer, int64_t thousandths)
{
    int64_t rest = thousandths % 1000;
    char text[4] = {'.', (char)('0' + rest / 100), (char)('0' + rest / 10 % 10), (char)('0' + rest % 10)};
    size_t size = sizeof(text);
    int r = print_int(buffer, thousandths / 1000);

    while (size > 1 && text[size - 1] == '0')
        size--;
    return r < 0 || rest == 0 ? r : buffer_append(buffer, text, size);
}

int wire_print_float(struct buffer *buffer, double value)
{
    char text[PRINT_FLOAT_SIZE];
    size_t size;

    if (value >= 0 && !signbit(value) && value < MAX_PLAIN) {
        int64_t thousandths = (int64_t)(value * 1000 + 0.5);

        if ((double)thousandths / 1000 == value)
            return print_thousandths(buffer, thousandths);
    }
    size = print_float(value, text);

    return size > 0 ? buffer_append(buffer, text, size) : buffer_append_text(buffer, "null");
}

static char short_escape(char character)
{
    switch (character) {
    case '"':
    case '\\':
        return character;
    case '\b':
        return 'b';
    case '\f':
        return 'f';
    case '\n':
        return 'n';
    case '\r':
        return 'r';
    case '\t':
        return 't';
    default:
        return '\0';
    }
}

static int print_escape(struct buffer *buffer, char character)
{
    char text[8];
    int length = short_escape(character) ? snprintf(text, sizeof(text), "\\%c", short_escape(character))
                                         : snprintf(text, sizeof(text), "\\u%04x", (unsigned)character);

    return buffer_append(buffer, text, (size_t)length);
}

static bool needs_escape(char character)
{
    return (character >= 0 && character < 0x20) || character == '"' || character == '\\';
}

/* The bytes at the start of text that can be copied as they are. */
static size_t plain_run(const char *text, size_t size)
{
    size_t n = 0;

    while (n < size && !needs_escape(text[n])) {
        size_t length = text[n] >= 0 ? 1 : unicode_character(text + n, size - n);

        if (length == 0)
            break;
        n += length;
    }
    return n;
}

static int print_content(struct buffer *buffer, const char *text, size_t size)
{
    int r = 0;

    while (size > 0 && r == 0) {
        size_t run = plain_run(text, size);

        if (run > 0) {
            r = buffer_append(buffer, text, run);
        } else {
            r = needs_escape(*text) ? print_escape(buffer, *text) : buffer_append_text(buffer, replacement);
            run = 1;
        }
        text += run;
        size -= run;
    }
    return r;
}

int wire_print_string(struct buffer *buffer, const char *text, size_t size)
{
    size_t before = buffer->size;
    int r = buffer_append(buffer, "\"", 1);

    if (r == 0)
        r = print_content(buffer, text, size);
    if (r == 0)
        r = buffer_append(buffer, "\"", 1);
    if (r < 0)
        buffer->size = before;
    return r;
}
