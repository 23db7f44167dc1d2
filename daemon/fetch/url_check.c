#include "fetch/url_check.h"

#include "fetch/escape.h"
#include "fetch/url_host.h"
#include <arpa/inet.h>
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

/* Length of a plain host at `text`: a name in lower case, or an IPv4 address with four plain decimal parts. 0
 * if it is none. */
static size_t plain_host_length(const char *text)
{
    const char *last = text; /* label */
    char address[INET_ADDRSTRLEN];
    struct in_addr ignored;
    size_t label = 0;
    size_t i;

    for (i = 0; text[i] != '/' && text[i] != ':'; i++) {
        char c = text[i];

        if (c == '.' ? label == 0
                     : !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (c == '-' && label > 0)))
            return 0;
        label = c == '.' ? 0 : label + 1;
        if (c == '.')
            last = text + i + 1;
        if (label > URL_MAX_LABEL || i == URL_MAX_HOST)
            return 0;
    }
    if (label == 0)
        return 0;
    if (*last > '9')
        return i;
    if (i >= sizeof(address))
        return 0;
    memcpy(address, text, i);
    address[i] = '\0';
    return inet_pton(AF_INET, address, &ignored) == 1 ? i : 0;
}

/* Length of a plain port with its colon at `text`, which is not that of the scheme; 0 if it is none. */
static size_t plain_port_length(const char *text, unsigned default_port)
{
    unsigned port = 0;
    size_t i;

    for (i = 1; i <= 5 && text[i] >= '0' && text[i] <= '9'; i++)
        port = port * 10 + (unsigned)(text[i] - '0');
    return i > 1 && text[1] != '0' && port <= UINT16_MAX && port != default_port ? i : 0;
}

bool url_is_plainly_normal(const char *text)
{
    size_t start = strncmp(text, "http://", 7) == 0 ? 7 : strncmp(text, "https://", 8) == 0 ? 8 : 0;
    size_t length = start > 0 ? plain_host_length(text + start) : 0;
    const char *s = text + start + length;

    if (length == 0)
        return false;
    if (*s == ':') {
        length = plain_port_length(s, start == 7 ? 80 : 443);
        if (length == 0)
            return false;
        s += length;
    }
    if (*s != '/')
        return false;
    for (; *s != '\0'; s++) {
        if (!escape_is_plain((unsigned char)*s) || (*s == '?' && s[1] == '\0') || (*s == '/' && s[1] == '.'))
            return false;
    }
    return true;
}
