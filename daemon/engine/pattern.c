#include "engine/pattern.h"

#include "base/cleanup.h"
#include "fetch/url.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WILDCARD "*."
#define WEB_PORT ":80"
#define MAX_PATTERN 300

size_t pattern_host_length(const char *host_key)
{
    /* An IPv6 address has its port behind its bracket. */
    const char *bracket = strchr(host_key, ']');
    const char *colon = strchr(bracket ? bracket : host_key, ':');

    return colon ? (size_t)(colon - host_key) : strlen(host_key);
}

/* A host as it stands in host keys, by way of a URL of it. */
static int normalise_host(const char *text, char **ret)
{
    char typed[MAX_PATTERN + sizeof("http:///")] = "http://";
    CLEANUP(freep) char *url = NULL;
    enum url_verdict verdict = URL_OK;
    char *host;
    int r;

    if (strlen(text) > MAX_PATTERN || strpbrk(text, "/?#@*\\"))
        return -EINVAL;
    strcat(typed, text);
    strcat(typed, "/");
    r = url_normalise(typed, &url, &verdict);
    if (r < 0)
        return r;
    if (verdict != URL_OK)
        return -EINVAL;
    host = url_host_key(url);
    if (!host)
        return -ENOMEM;
    *ret = host;
    return 0;
}

static bool is_address(const char *host)
{
    size_t length = pattern_host_length(host);

    return host[0] == '[' || strspn(host, "0123456789.") == length;
}

/* Host keys leave the ports of the web out; a pattern keeps them, as no port means any. */
static bool names_web_port(const char *text, const char *host)
{
    const char *port = text + pattern_host_length(text);

    return port[0] == ':' && port[1] && !host[pattern_host_length(host)];
}

int pattern_parse(const char *text, char **ret)
{
    const bool wild = strncmp(text, WILDCARD, strlen(WILDCARD)) == 0;
    const char *typed = wild ? text + strlen(WILDCARD) : text;
    CLEANUP(freep) char *host = NULL;
    char *pattern;
    int r = normalise_host(typed, &host);

    if (r < 0)
        return r;
    if (wild && is_address(host))
        return -EINVAL;
    if (asprintf(
            &pattern, "%s%s%s", wild ? WILDCARD : "", host, names_web_port(typed, host) ? WEB_PORT : "") < 0)
        return -ENOMEM;
    *ret = pattern;
    return 0;
}

bool pattern_matches(const char *pattern, const char *host_key)
{
    const bool wild = strncmp(pattern, WILDCARD, strlen(WILDCARD)) == 0;
    const char *tail = wild ? pattern + 1 : pattern; /* ".example.org" */
    const char *port = tail + pattern_host_length(tail);
    const bool web = strcmp(port, WEB_PORT) == 0;
    size_t length = *port ? strlen(host_key) : pattern_host_length(host_key);
    size_t tail_length = web ? (size_t)(port - tail) : strlen(tail);

    if (wild)
        return length > tail_length && memcmp(host_key + length - tail_length, tail, tail_length) == 0;
    return length == tail_length && memcmp(host_key, tail, length) == 0;
}
