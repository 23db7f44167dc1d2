#include "fetch/retry_after.h"

#include "base/clock.h"
#include <curl/curl.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>

/* More, and a wait is longer than anybody keeps a job. */
#define MAX_SEC (UINT64_C(365) * 86400)
/* What a date is shorter than; no more of a piece is looked at. */
#define MAX_PIECE 128

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "3", and "3.0", which some servers write: seconds, rounded up. False without a digit. *ret_rest: what
 * follows. */
static bool parse_seconds(const char *text, uint64_t *ret, const char **ret_rest)
{
    uint64_t seconds = 0;

    if (!is_digit(*text))
        return false;
    for (; is_digit(*text); text++)
        if (seconds < MAX_SEC)
            seconds = seconds * 10 + (uint64_t)(*text - '0');
    if (*text == '.') {
        const size_t part = 1 + strspn(text + 1, "0123456789");

        seconds += strspn(text, ".0") < part;
        text += part;
    }
    *ret = seconds < MAX_SEC ? seconds : MAX_SEC;
    *ret_rest = text;
    return true;
}

/* RFC 3339, with a space for its T as well; UTC if no offset is told, midnight if no time. -1 if it is none.
 */
static time_t parse_iso_date(const char *text)
{
    struct tm date = {0};
    struct tm zone = {0};
    const char *rest = strptime(text, "%Y-%m-%d", &date);

    if (rest && (*rest == 'T' || *rest == 't' || *rest == ' '))
        rest = strptime(rest + 1, "%H:%M:%S", &date);
    if (!rest)
        return -1;
    if (*rest == '.')
        rest += 1 + strspn(rest + 1, "0123456789");
    (void)strptime(rest, "%z", &zone);
    return timegm(&date) - zone.tm_gmtoff;
}

/* One piece between commas. The weekday before a date's comma says nothing: it is a piece that is neither.
 * Seconds are taken with whatever stands around them, "600s" or quoted, if it is no date. */
static uint64_t usec_of(const char *piece, int64_t now_sec)
{
    const char *rest = "";
    uint64_t seconds = 0;
    bool is_number;
    time_t date;

    piece += strspn(piece, " \t\"'+");
    is_number = parse_seconds(piece, &seconds, &rest);
    if (is_number && rest[strspn(rest, " \t\"'")] == '\0')
        return seconds * USEC_PER_SEC;
    date = parse_iso_date(piece);
    if (date == -1)
        date = curl_getdate(piece, NULL);
    if (date == -1)
        return seconds * USEC_PER_SEC;
    if (date <= now_sec)
        return 0;
    seconds = (uint64_t)(date - now_sec);
    return (seconds < MAX_SEC ? seconds : MAX_SEC) * USEC_PER_SEC;
}

uint64_t retry_after_usec(const char *value, int64_t now_sec)
{
    uint64_t longest = 0;

    while (*value != '\0') {
        const size_t length = strcspn(value, ",");
        char piece[MAX_PIECE] = "";
        uint64_t usec;

        memcpy(piece, value, length < sizeof(piece) ? length : sizeof(piece) - 1);
        usec = usec_of(piece, now_sec);
        longest = usec > longest ? usec : longest;
        value += length;
        value += *value == ',';
    }
    return longest;
}
