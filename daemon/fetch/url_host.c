#include "fetch/url_host.h"

#include <arpa/inet.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static enum url_verdict normalise_ipv6(const char *host, char *ret)
{
    char text[INET6_ADDRSTRLEN];
    struct in6_addr address;
    size_t length = strlen(host);

    if (length < 3 || length - 2 >= sizeof(text) || host[length - 1] != ']')
        return URL_BAD_HOST;
    memcpy(text, host + 1, length - 2);
    text[length - 2] = '\0';
    if (inet_pton(AF_INET6, text, &address) != 1)
        return URL_BAD_HOST;
    inet_ntop(AF_INET6, &address, text, sizeof(text));
    snprintf(ret, URL_MAX_HOST + 1, "[%s]", text);
    return URL_OK;
}

/* Copies in lower case, without the final dot. Underscores are in use, although no host name may have them.
 */
static bool copy_name(const char *host, char *ret)
{
    size_t length = strlen(host);
    size_t label = 0;
    size_t i;

    if (length > 0 && host[length - 1] == '.')
        length--;
    if (length > URL_MAX_HOST)
        return false;
    for (i = 0; i < length; i++) {
        char c = host[i];

        if (c >= 'A' && c <= 'Z')
            c = (char)(c - 'A' + 'a');
        if (c == '.' ? label == 0
                     : !((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_'))
            return false;
        label = c == '.' ? 0 : label + 1;
        if (label > URL_MAX_LABEL)
            return false;
        ret[i] = c;
    }
    ret[length] = '\0';
    return label > 0;
}

/* By the WHATWG URL standard, "ends in a number": such a host is an IPv4 address or nothing. */
static bool ends_in_number(const char *name)
{
    const char *dot = strrchr(name, '.');
    const char *label = dot ? dot + 1 : name;

    if (label[0] == '0' && label[1] == 'x')
        return label[2 + strspn(label + 2, "0123456789abcdef")] == '\0';
    return label[strspn(label, "0123456789")] == '\0';
}

enum url_verdict url_host_normalise(const char *host, char ret[static URL_MAX_HOST + 1])
{
    struct in_addr address;

    if (host[0] == '[')
        return normalise_ipv6(host, ret);
    if (!copy_name(host, ret))
        return URL_BAD_HOST;
    if (!ends_in_number(ret))
        return URL_OK;
    if (inet_aton(ret, &address) == 0)
        return URL_BAD_HOST;
    inet_ntop(AF_INET, &address, ret, URL_MAX_HOST + 1);
    return URL_OK;
}
