#include "fetch/url_check.h"

#include "fetch/escape.h"
#include "fetch/url_host.h"
#include <string.h>
#include <strings.h>

const char *url_scheme_end(const char *text)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    static const char others[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+-.";
    size_t length = strspn(text, letters) > 0 ? strspn(text, others) : 0;

    return length > 0 && text[length] == ':' ? text + length : NULL;
}

bool url_is_web_scheme(const char *scheme, size_t length)
{
    return (length == 4 && strncasecmp(scheme, "http", 4) == 0) ||
        (length == 5 && strncasecmp(scheme, "https", 5) == 0);
}

enum url_verdict url_check_scheme(const char *text)
{
    const char *colon = url_scheme_end(text);

    if (!colon || (colon[1] >= '0' && colon[1] <= '9'))
        return URL_NO_SCHEME;
    if (!url_is_web_scheme(text, (size_t)(colon - text)))
        return URL_SCHEME;
    if (strncmp(colon, "://", 3) != 0)
        return URL_MALFORMED;
    return colon[3] == '/' || colon[3] == '\0' ? URL_BAD_HOST : URL_OK;
}

/* Length of the well-formed UTF-8 sequence at `s` (Unicode 15, table 3-7), 0 if it is none. Ends at a NUL. */
static size_t utf8_length(const unsigned char *s)
{
    unsigned char low = 0x80;
    unsigned char high = 0xbf;
    size_t length;
    size_t i;

    if (s[0] < 0x80)
        return 1;
    if (s[0] < 0xc2 || s[0] > 0xf4)
        return 0;
    length = s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    if (s[0] == 0xe0)
        low = 0xa0;
    else if (s[0] == 0xed)
        high = 0x9f;
    else if (s[0] == 0xf0)
        low = 0x90;
    else if (s[0] == 0xf4)
        high = 0x8f;
    for (i = 1; i < length; i++, low = 0x80, high = 0xbf)
        if (s[i] < low || s[i] > high)
            return 0;
    return length;
}

enum url_verdict url_check_characters(const char *text)
{
    const unsigned char *s = (const unsigned char *)text;

    while (*s != '\0') {
        size_t length = utf8_length(s);

        if (*s <= ' ' || *s == 0x7f || length == 0)
            return URL_BAD_CHARACTER;
        s += length;
    }
    return URL_OK;
}

bool url_is_plainly_normal(const char *text)
{
    size_t start = strncmp(text, "http://", 7) == 0 ? 7 : strncmp(text, "https://", 8) == 0 ? 8 : 0;
    const char *s = text + start;
    size_t label = 0;

    if (start == 0)
        return false;
    for (; *s != '/'; s++) {
        if (*s == '.' ? label == 0
                      : !((*s >= 'a' && *s <= 'z') || (label > 0 && ((*s >= '0' && *s <= '9') || *s == '-'))))
            return false;
        label = *s == '.' ? 0 : label + 1;
        if (label > 63 || (size_t)(s - text) > URL_MAX_HOST)
            return false;
    }
    if (label == 0)
        return false;
    for (; *s != '\0'; s++) {
        if (!escape_is_plain((unsigned char)*s) || (*s == '?' && s[1] == '\0') || (*s == '/' && s[1] == '.'))
            return false;
    }
    return true;
}
