#include "fetch/validator.h"

#include <curl/curl.h>
#include <string.h>

/* The longest date that is one has 33 characters ("Wednesday, 09-Nov-94 08:49:37 GMT"). */
#define MAX_DATE 64

static bool is_visible(char c)
{
    return c > ' ' && c <= '~';
}

static size_t weakness(const char *text, size_t size)
{
    return size >= 2 && text[0] == 'W' && text[1] == '/' ? 2 : 0;
}

bool validator_is_etag(const char *text, size_t size)
{
    size_t start = weakness(text, size);

    if (size > VALIDATOR_MAX || size - start < 2 || text[start] != '"' || text[size - 1] != '"')
        return false;
    for (size_t i = start + 1; i < size - 1; i++)
        if (!is_visible(text[i]) || text[i] == '"')
            return false;
    return true;
}

bool validator_is_date(const char *text, size_t size)
{
    char copy[MAX_DATE];

    if (size == 0 || size >= sizeof(copy))
        return false;
    for (size_t i = 0; i < size; i++)
        if (!is_visible(text[i]) && text[i] != ' ')
            return false;
    memcpy(copy, text, size);
    copy[size] = '\0';
    return curl_getdate(copy, NULL) != -1;
}

bool validator_etags_match(const char *a, const char *b)
{
    return strcmp(a + weakness(a, strlen(a)), b + weakness(b, strlen(b))) == 0;
}
