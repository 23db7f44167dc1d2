#include "base/text.h"

#include "base/clock.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t';
}

static const char *skip_spaces(const char *text)
{
    while (is_space(*text))
        text++;
    return text;
}

/* Reads the digits at *text and moves behind them. -EINVAL if there are none, -ERANGE above `max`. */
static int scan_u64(const char **text, uint64_t max, uint64_t *ret)
{
    const char *p = *text;
    uint64_t value = 0;

    if (!is_digit(*p))
        return -EINVAL;
    for (; is_digit(*p); p++)
        if (__builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*p - '0'), &value) || value > max)
            return -ERANGE;
    *text = p;
    *ret = value;
    return 0;
}

/* The same with a decimal fraction: whole units in *ret_whole, the rest in millionths of a unit, further
 * digits dropped. */
static int scan_decimal(const char **text, uint64_t *ret_whole, uint32_t *ret_millionths)
{
    const char *p = *text;
    uint32_t millionths = 0;
    uint32_t place = 100000;
    uint64_t whole;
    int r;

    r = scan_u64(&p, UINT64_MAX, &whole);
    if (r < 0)
        return r;
    if (*p == '.') {
        if (!is_digit(*++p))
            return -EINVAL;
        for (; is_digit(*p); p++, place /= 10)
            millionths += (uint32_t)(*p - '0') * place;
    }
    *text = p;
    *ret_whole = whole;
    *ret_millionths = millionths;
    return 0;
}

/* whole.millionths times unit. -ERANGE. */
static int scale(uint64_t whole, uint32_t millionths, uint64_t unit, uint64_t *ret)
{
    unsigned __int128 value =
        (unsigned __int128)whole * unit + (unsigned __int128)millionths * unit / 1000000;

    if (value > UINT64_MAX)
        return -ERANGE;
    *ret = (uint64_t)value;
    return 0;
}

int text_parse_u64(const char *text, uint64_t max, uint64_t *ret)
{
    uint64_t value;
    int r;

    r = scan_u64(&text, max, &value);
    if (r < 0)
        return r;
    if (*text)
        return -EINVAL;
    *ret = value;
    return 0;
}

int text_parse_size(const char *text, uint64_t *ret)
{
    static const char suffixes[] = "BKMGTPE";
    uint32_t millionths;
    const char *suffix;
    uint64_t unit = 1;
    uint64_t whole;
    int r;

    r = scan_decimal(&text, &whole, &millionths);
    if (r < 0)
        return r;
    if (*text) {
        suffix = strchr(suffixes, *text);
        if (!suffix || text[1])
            return -EINVAL;
        unit <<= 10 * (suffix - suffixes);
    }
    return scale(whole, millionths, unit, ret);
}

static const struct {
    const char *name;
    uint64_t usec;
} span_units[] = {
    {"us", 1},
    {"usec", 1},
    {"ms", USEC_PER_MSEC},
    {"msec", USEC_PER_MSEC},
    {"s", USEC_PER_SEC},
    {"sec", USEC_PER_SEC},
    {"second", USEC_PER_SEC},
    {"seconds", USEC_PER_SEC},
    {"m", 60 * USEC_PER_SEC},
    {"min", 60 * USEC_PER_SEC},
    {"minute", 60 * USEC_PER_SEC},
    {"minutes", 60 * USEC_PER_SEC},
    {"h", 3600 * USEC_PER_SEC},
    {"hr", 3600 * USEC_PER_SEC},
    {"hour", 3600 * USEC_PER_SEC},
    {"hours", 3600 * USEC_PER_SEC},
    {"d", 86400 * USEC_PER_SEC},
    {"day", 86400 * USEC_PER_SEC},
    {"days", 86400 * USEC_PER_SEC},
    {"w", 7 * 86400 * USEC_PER_SEC},
    {"week", 7 * 86400 * USEC_PER_SEC},
    {"weeks", 7 * 86400 * USEC_PER_SEC},
    {"M", 2629800 * USEC_PER_SEC}, /* 30.44 days */
    {"month", 2629800 * USEC_PER_SEC},
    {"months", 2629800 * USEC_PER_SEC},
    {"y", 31557600 * USEC_PER_SEC}, /* 365.25 days */
    {"year", 31557600 * USEC_PER_SEC},
    {"years", 31557600 * USEC_PER_SEC},
};

/* The unit at *text, moved behind it; no unit at all is seconds. */
static int scan_span_unit(const char **text, uint64_t *ret_usec)
{
    size_t length = 0;

    while (((*text)[length] >= 'a' && (*text)[length] <= 'z') || (*text)[length] == 'M')
        length++;
    if (length == 0) {
        *ret_usec = USEC_PER_SEC;
        return 0;
    }
    for (size_t i = 0; i < sizeof(span_units) / sizeof(span_units[0]); i++)
        if (strlen(span_units[i].name) == length && memcmp(span_units[i].name, *text, length) == 0) {
            *text += length;
            *ret_usec = span_units[i].usec;
            return 0;
        }
    return -EINVAL;
}

/* One "number unit" at *text, added to *sum. */
static int scan_span_part(const char **text, uint64_t *sum)
{
    uint32_t millionths;
    uint64_t whole;
    uint64_t unit;
    uint64_t usec;
    int r;

    r = scan_decimal(text, &whole, &millionths);
    if (r < 0)
        return r;
    *text = skip_spaces(*text);
    r = scan_span_unit(text, &unit);
    if (r < 0)
        return r;
    r = scale(whole, millionths, unit, &usec);
    if (r < 0)
        return r;
    return __builtin_add_overflow(*sum, usec, sum) || *sum == USEC_NEVER ? -ERANGE : 0;
}

int text_parse_span(const char *text, uint64_t *ret_usec)
{
    uint64_t sum = 0;
    int r;

    if (strcmp(text, "infinity") == 0) {
        *ret_usec = USEC_NEVER;
        return 0;
    }
    text = skip_spaces(text);
    do {
        r = scan_span_part(&text, &sum);
        if (r < 0)
            return r;
        text = skip_spaces(text);
    } while (*text);
    *ret_usec = sum;
    return 0;
}

int text_parse_bool(const char *text, int *ret)
{
    static const char *const names[][2] = {{"no", "yes"}, {"false", "true"}, {"off", "on"}, {"0", "1"}};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        for (int value = 0; value <= 1; value++)
            if (strcmp(text, names[i][value]) == 0) {
                *ret = value;
                return 0;
            }
    return -EINVAL;
}

/* "1 h 40 min" from 6,000 s in the units h and min. */
static void format_two_units(
    uint64_t seconds, uint64_t unit, const char *name, uint64_t lower, const char *lower_name, char *buffer)
{
    uint64_t whole = seconds / unit;
    uint64_t rest = seconds % unit / lower;

    if (rest > 0)
        snprintf(buffer, TEXT_SPAN_SIZE, "%llu %s %llu %s", (unsigned long long)whole, name,
            (unsigned long long)rest, lower_name);
    else
        snprintf(buffer, TEXT_SPAN_SIZE, "%llu %s", (unsigned long long)whole, name);
}

const char *text_format_span(uint64_t usec, char buffer[static TEXT_SPAN_SIZE])
{
    uint64_t seconds = usec / USEC_PER_SEC;

    if (usec == USEC_NEVER)
        snprintf(buffer, TEXT_SPAN_SIZE, "forever");
    else if (usec == 0)
        snprintf(buffer, TEXT_SPAN_SIZE, "0 s");
    else if (usec < USEC_PER_MSEC)
        snprintf(buffer, TEXT_SPAN_SIZE, "%llu us", (unsigned long long)usec);
    else if (usec < 100 * USEC_PER_MSEC)
        snprintf(buffer, TEXT_SPAN_SIZE, "%llu ms", (unsigned long long)(usec / USEC_PER_MSEC));
    else if (seconds < 10 && usec % USEC_PER_SEC >= 100 * USEC_PER_MSEC)
        snprintf(buffer, TEXT_SPAN_SIZE, "%llu.%llu s", (unsigned long long)seconds,
            (unsigned long long)(usec % USEC_PER_SEC / (100 * USEC_PER_MSEC)));
    else if (seconds < 60)
        snprintf(buffer, TEXT_SPAN_SIZE, "%llu s", (unsigned long long)seconds);
    else if (seconds < 3600)
        format_two_units(seconds, 60, "min", 1, "s", buffer);
    else if (seconds < 86400)
        format_two_units(seconds, 3600, "h", 60, "min", buffer);
    else
        format_two_units(seconds, 86400, "d", 3600, "h", buffer);
    return buffer;
}

const char *text_format_size(uint64_t bytes, char buffer[static TEXT_SIZE_SIZE])
{
    static const char *const units[] = {"kB", "MB", "GB", "TB", "PB", "EB"};
    uint64_t unit = 1000;
    uint64_t tenths;
    size_t i = 0;

    if (bytes < 1000) {
        snprintf(buffer, TEXT_SIZE_SIZE, "%llu B", (unsigned long long)bytes);
        return buffer;
    }
    while (i < 5 && bytes / unit >= 1000) {
        unit *= 1000;
        i++;
    }
    tenths = bytes / (unit / 10);
    snprintf(buffer, TEXT_SIZE_SIZE, "%llu.%llu %s", (unsigned long long)(tenths / 10),
        (unsigned long long)(tenths % 10), units[i]);
    return buffer;
}

bool text_has_control(const char *text, size_t length)
{
    const unsigned char *bytes = (const unsigned char *)text;

    for (size_t i = 0; i < length; i++)
        if (bytes[i] < 0x20 || bytes[i] == 0x7f ||
            (bytes[i] == 0xc2 && i + 1 < length && bytes[i + 1] >= 0x80 && bytes[i + 1] < 0xa0))
            return true;
    return false;
}

int text_cut(const char *text, int max)
{
    size_t size = strnlen(text, (size_t)max);

    if (text[size] != '\0')
        while (size > 0 && ((unsigned char)text[size] & 0xc0) == 0x80)
            size--;
    return (int)size;
}
