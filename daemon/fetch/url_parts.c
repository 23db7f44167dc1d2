#include "fetch/url.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void url_split(const char *url, struct url_parts *ret)
{
    const char *colon = strstr(url, "://");
    const char *end;

    assert(colon);
    ret->scheme = url;
    ret->scheme_length = (size_t)(colon - url);
    ret->host = colon + 3;
    end = ret->host + (ret->host[0] == '[' ? strcspn(ret->host, "]") + 1 : strcspn(ret->host, ":/"));
    ret->host_length = (size_t)(end - ret->host);
    ret->port = ret->scheme_length == 5 ? 443 : 80;
    if (*end == ':')
        ret->port = (uint16_t)strtoul(end + 1, NULL, 10);
    ret->path = strchr(end, '/');
    assert(ret->path);
}

char *url_host_key(const char *url)
{
    struct url_parts parts;
    char *key;
    int r;

    url_split(url, &parts);
    if (parts.port == 80 || parts.port == 443)
        return strndup(parts.host, parts.host_length);
    r = asprintf(&key, "%.*s:%u", (int)parts.host_length, parts.host, parts.port);
    return r < 0 ? NULL : key;
}

char *url_origin(const char *url)
{
    struct url_parts parts;

    url_split(url, &parts);
    /* The default port is never written, so that what stands before the path is the origin. */
    return strndup(url, (size_t)(parts.path - url));
}
