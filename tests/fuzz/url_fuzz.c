/* Two lines: a URL, and a reference. Whatever they are: what is taken is normal already, splits into its
 * parts, and comes out the same by the shorter and the longer way. */
#include "fetch/escape.h"
#include "fetch/fetcher.h"
#include "fetch/url.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
    if (!condition)
        abort();
}

static void check_normal(const char *url)
{
    enum url_verdict verdict;
    struct url_parts parts;
    char *again = NULL;
    char *resolved = NULL;
    char *key = url_host_key(url);
    char *origin = url_origin(url);

    require(strlen(url) <= URL_MAX_LENGTH);
    require(url_normalise(url, &again, &verdict) == 0);
    require(verdict == URL_OK && strcmp(again, url) == 0);
    require(url_resolve("https://base.example/x?y", url, &resolved, &verdict) == 0);
    require(verdict == URL_OK && strcmp(resolved, url) == 0);

    url_split(url, &parts);
    require(parts.host_length > 0 && parts.port > 0 && parts.path[0] == '/');
    require(strncmp(origin, url, strlen(origin)) == 0 && strlen(key) <= strlen(url));
    for (const char *c = url; *c != '\0'; c++)
        require(escape_is_plain((unsigned char)*c) || *c == '%');
    free(again);
    free(resolved);
    free(key);
    free(origin);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int is_ready;
    char *text = malloc(size + 1);
    char *reference;
    enum url_verdict verdict;
    char *url = NULL;
    char *target = NULL;

    if (!is_ready)
        require(fetch_init() == 0);
    is_ready = 1;
    require(text != NULL);
    if (size > 0)
        memcpy(text, data, size);
    text[size] = '\0';
    reference = strchr(text, '\n');
    if (reference)
        *reference++ = '\0';

    require(url_normalise(text, &url, &verdict) == 0);
    require((verdict == URL_OK) == (url != NULL));
    if (url)
        check_normal(url);
    require(url_resolve(url ? url : "http://base.example/a/b?c", reference ? reference : text, &target,
                &verdict) == 0);
    require((verdict == URL_OK) == (target != NULL));
    if (target)
        check_normal(target);
    require(url_verdict_message(verdict)[0] != '\0');
    free(url);
    free(target);
    free(text);
    return 0;
}
