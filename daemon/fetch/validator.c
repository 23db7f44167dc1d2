#include "fetch/validator.h"

#include <curl/curl.h>
#include <string.h>

/* The longest date that is one has 33 characters ("Wednesday, 09-Nov-94 08:49:37 GMT"). */
#define MAX_DATE 64
/* IMF-fixdate (RFC 9110 5.6.7). */
#define USUAL_DATE "???, 00 ??? 0000 00:00:00 GMT"

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

/* Whether `text` has one of these names of three letters each. */
static bool has_name(const char *text, const char *names)
{
    for (; *names; names += 3)
        if (memcmp(text, names, 3) == 0)
            return true;
    return false;
}

/* '0' stands for any digit, '?' for anything, the rest for itself. `text` is as long as the form. */
static bool matches(const char *text, const char *form)
{
    for (; *form; text++, form++)
        if (*form == '0' ? *text < '0' || *text > '9' : *form != '?' && *text != *form)
            return false;
    return true;
}

static bool is_within(const char *digits, int least, int most)
{
    int number = (digits[0] - '0') * 10 + digits[1] - '0';

    return number >= least && number <= most;
}

/* The form in which almost every date comes, from this century or the end of the last one: parsing any form
 * takes as long as the rest of the head. */
static bool is_usual_date(const char *text, size_t size)
{
    return size == strlen(USUAL_DATE) && matches(text, USUAL_DATE) &&
        has_name(text, "MonTueWedThuFriSatSun") &&
        has_name(text + 8, "JanFebMarAprMayJunJulAugSepOctNovDec") && is_within(text + 5, 1, 31) &&
        is_within(text + 12, 19, 20) && (text[12] == '2' || is_within(text + 14, 70, 99)) &&
        is_within(text + 17, 0, 23) && is_within(text + 20, 0, 59) && is_within(text + 23, 0, 59);
}

bool validator_is_date(const char *text, size_t size)
{
    char copy[MAX_DATE];

    if (is_usual_date(text, size))
        return true;
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
