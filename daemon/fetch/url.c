#include "fetch/url.h"

#include "base/cleanup.h"
#include "fetch/escape.h"
#include "fetch/url_check.h"
#include "fetch/url_host.h"
#include <assert.h>
#include <curl/curl.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

DEFINE_CLEANUP(CURLU *, curl_url_cleanup)
DEFINE_CLEANUP(char *, curl_free)

const char *url_verdict_message(enum url_verdict verdict)
{
    switch (verdict) {
    case URL_OK:
        return "is fine";
    case URL_EMPTY:
        return "is empty";
    case URL_TOO_LONG:
        return "is longer than 8192 bytes";
    case URL_NO_SCHEME:
        return "has no scheme: did you mean https://...?";
    case URL_SCHEME:
        return "only http and https are fetched";
    case URL_CREDENTIALS:
        return "user names and passwords in URLs are not taken";
    case URL_BAD_HOST:
        return "has no valid host";
    case URL_BAD_PORT:
        return "has no valid port";
    case URL_BAD_CHARACTER:
        return "has a space, a control character or invalid UTF-8";
    case URL_MALFORMED:
        return "is not a valid URL";
    }
    assert(false);
    return NULL;
}

static enum url_verdict verdict_of(CURLUcode code)
{
    switch (code) {
    case CURLUE_USER_NOT_ALLOWED:
    case CURLUE_BAD_LOGIN:
    case CURLUE_BAD_USER:
    case CURLUE_BAD_PASSWORD:
        return URL_CREDENTIALS;
    case CURLUE_BAD_HOSTNAME:
    case CURLUE_NO_HOST:
    case CURLUE_BAD_IPV6:
    case CURLUE_LACKS_IDN:
        return URL_BAD_HOST;
    case CURLUE_BAD_PORT_NUMBER:
        return URL_BAD_PORT;
    case CURLUE_UNSUPPORTED_SCHEME:
    case CURLUE_BAD_SCHEME:
    case CURLUE_BAD_FILE_URL:
        return URL_SCHEME;
    default:
        return URL_MALFORMED;
    }
}

/* The URL or reference with everything behind its authority in the one spelling, its fragment dropped:
 * libcurl removes dot segments after that, so that an escaped dot hides none. */
static int canonical_reference(const char *text, size_t size, struct buffer *ret)
{
    const char *colon = url_scheme_end(text);
    const char *fragment = memchr(text, '#', size);
    size_t rest = colon && colon < text + size ? (size_t)(colon + 1 - text) : 0;
    int r;

    if (fragment)
        size = (size_t)(fragment - text);
    if (rest > size)
        rest = 0;
    if (size - rest >= 2 && memcmp(text + rest, "//", 2) == 0) {
        rest += 2;
        while (rest < size && text[rest] != '/' && text[rest] != '?')
            rest++;
    }
    r = buffer_append(ret, text, rest);
    if (r < 0)
        return r;
    r = escape_canonical(ret, text + rest, size - rest);
    if (r < 0)
        return r;
    return buffer_append(ret, "", 1);
}

/* *ret is NULL where the URL has no such part. */
static CURLUcode get_part(CURLU *handle, CURLUPart part, unsigned flags, char **ret)
{
    CURLUcode code = curl_url_get(handle, part, ret, flags);

    if (code == CURLUE_NO_PORT || code == CURLUE_NO_QUERY || code == CURLUE_NO_ZONEID)
        return CURLUE_OK;
    return code;
}

/* In ASCII. Of a name that cannot be converted libcurl 7.88 says that memory ran out, so that a host which
 * could be read as it stands and not converted is taken for a bad one. */
static CURLUcode get_host(CURLU *handle, char **ret)
{
    CLEANUP(curl_freep) char *raw = NULL;
    CURLUcode code = curl_url_get(handle, CURLUPART_HOST, &raw, 0);

    if (code != CURLUE_OK)
        return code;
    code = curl_url_get(handle, CURLUPART_HOST, ret, CURLU_PUNYCODE);
    return code == CURLUE_OK ? CURLUE_OK : CURLUE_BAD_HOSTNAME;
}

/* The handle holds an absolute URL. */
static int assemble(CURLU *handle, char **ret_url, enum url_verdict *ret_verdict)
{
    CLEANUP(curl_freep) char *scheme = NULL;
    CLEANUP(curl_freep) char *host = NULL;
    CLEANUP(curl_freep) char *zone = NULL;
    CLEANUP(curl_freep) char *port = NULL;
    CLEANUP(curl_freep) char *path = NULL;
    CLEANUP(curl_freep) char *query = NULL;
    CLEANUP(buffer_deinit) struct buffer url = {0};
    char name[URL_MAX_HOST + 1];
    CURLUcode code;
    int r;

    code = get_part(handle, CURLUPART_SCHEME, 0, &scheme);
    if (code == CURLUE_OK && !url_is_web_scheme(scheme, strlen(scheme)))
        code = CURLUE_UNSUPPORTED_SCHEME;
    if (code != CURLUE_OK || (code = get_host(handle, &host)) != CURLUE_OK ||
        (code = get_part(handle, CURLUPART_ZONEID, 0, &zone)) != CURLUE_OK ||
        (code = get_part(handle, CURLUPART_PORT, CURLU_NO_DEFAULT_PORT, &port)) != CURLUE_OK ||
        (code = get_part(handle, CURLUPART_PATH, 0, &path)) != CURLUE_OK ||
        (code = get_part(handle, CURLUPART_QUERY, 0, &query)) != CURLUE_OK) {
        *ret_verdict = verdict_of(code);
        return code == CURLUE_OUT_OF_MEMORY ? -ENOMEM : 0;
    }
    *ret_verdict = URL_OK;
    if (zone || url_host_normalise(host, name) != URL_OK)
        *ret_verdict = URL_BAD_HOST;
    else if (port && strcmp(port, "0") == 0)
        *ret_verdict = URL_BAD_PORT;
    if (*ret_verdict != URL_OK)
        return 0;

    r = buffer_printf(&url, "%s://%s%s%s%s%s%s", scheme, name, port ? ":" : "", port ? port : "", path,
        query ? "?" : "", query ? query : "");
    if (r < 0)
        return r;
    if (url.size > URL_MAX_LENGTH) {
        *ret_verdict = URL_TOO_LONG;
        return 0;
    }
    r = buffer_append(&url, "", 1);
    if (r < 0)
        return r;
    *ret_url = (char *)TAKE(url.bytes);
    return 0;
}

int url_normalise(const char *text, char **ret_url, enum url_verdict *ret_verdict)
{
    CLEANUP(curl_url_cleanupp) CURLU *handle = NULL;
    CLEANUP(buffer_deinit) struct buffer prepared = {0};
    size_t size = strlen(text);
    CURLUcode code;
    int r;

    *ret_url = NULL;
    *ret_verdict = URL_OK;
    if (size == 0)
        *ret_verdict = URL_EMPTY;
    else if (size > URL_MAX_LENGTH)
        *ret_verdict = URL_TOO_LONG;
    if (*ret_verdict != URL_OK)
        return 0;
    if (url_is_plainly_normal(text))
        return (*ret_url = strdup(text)) ? 0 : -ENOMEM;

    *ret_verdict = url_check_characters(text);
    if (*ret_verdict == URL_OK)
        *ret_verdict = url_check_scheme(text);
    if (*ret_verdict != URL_OK)
        return 0;

    r = canonical_reference(text, size, &prepared);
    if (r < 0)
        return r;
    handle = curl_url();
    if (!handle)
        return -ENOMEM;
    code = curl_url_set(handle, CURLUPART_URL, (const char *)prepared.bytes, CURLU_DISALLOW_USER);
    if (code != CURLUE_OK) {
        *ret_verdict = verdict_of(code);
        return code == CURLUE_OUT_OF_MEMORY ? -ENOMEM : 0;
    }
    return assemble(handle, ret_url, ret_verdict);
}

/* libcurl would take any number of slashes before a host. */
static enum url_verdict check_reference(const char *reference, size_t size)
{
    if (size == 0 || *reference == '#')
        return URL_MALFORMED;
    if (size > URL_MAX_LENGTH)
        return URL_TOO_LONG;
    if (strncmp(reference, "///", 3) == 0)
        return URL_BAD_HOST;
    if (url_scheme_end(reference)) {
        enum url_verdict verdict = url_check_scheme(reference);

        return verdict == URL_NO_SCHEME ? URL_SCHEME : verdict;
    }
    return URL_OK;
}

int url_resolve(const char *base, const char *reference, char **ret_url, enum url_verdict *ret_verdict)
{
    CLEANUP(curl_url_cleanupp) CURLU *handle = NULL;
    CLEANUP(buffer_deinit) struct buffer prepared = {0};
    CURLUcode code;
    size_t size;
    int r;

    *ret_url = NULL;
    while (*reference != '\0' && (unsigned char)*reference <= ' ')
        reference++;
    size = strlen(reference);
    while (size > 0 && (unsigned char)reference[size - 1] <= ' ')
        size--;
    *ret_verdict = check_reference(reference, size);
    if (*ret_verdict != URL_OK)
        return 0;

    r = canonical_reference(reference, size, &prepared);
    if (r < 0)
        return r;
    handle = curl_url();
    if (!handle)
        return -ENOMEM;
    code = curl_url_set(handle, CURLUPART_URL, base, 0);
    if (code == CURLUE_OK)
        code = curl_url_set(handle, CURLUPART_URL, (const char *)prepared.bytes, CURLU_DISALLOW_USER);
    if (code != CURLUE_OK) {
        *ret_verdict = verdict_of(code);
        return code == CURLUE_OUT_OF_MEMORY ? -ENOMEM : 0;
    }
    return assemble(handle, ret_url, ret_verdict);
}
