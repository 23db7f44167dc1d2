#include "fetch/response_head.h"

#include "base/clock.h"
#include "base/text.h"
#include "fetch/validator.h"
#include <curl/curl.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* More, and a wait is longer than anybody keeps a job. */
#define MAX_RETRY_AFTER_SEC (UINT64_C(365) * 86400)
/* What a date is shorter than; no more of a piece is looked at. */
#define MAX_RETRY_AFTER 128

void response_head_deinit(struct response_head *head)
{
    free(head->location);
    free(head->etag);
    free(head->last_modified);
}

void response_head_reset(struct response_head *head)
{
    response_head_deinit(head);
    *head = (struct response_head){.content_length = UINT64_MAX};
}

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
        if (seconds < MAX_RETRY_AFTER_SEC)
            seconds = seconds * 10 + (uint64_t)(*text - '0');
    if (*text == '.') {
        const size_t part = 1 + strspn(text + 1, "0123456789");

        seconds += strspn(text, ".0") < part;
        text += part;
    }
    *ret = seconds < MAX_RETRY_AFTER_SEC ? seconds : MAX_RETRY_AFTER_SEC;
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
static uint64_t retry_after_of(const char *piece, int64_t now_sec)
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
    return (seconds < MAX_RETRY_AFTER_SEC ? seconds : MAX_RETRY_AFTER_SEC) * USEC_PER_SEC;
}

uint64_t response_retry_after_usec(const char *value, int64_t now_sec)
{
    uint64_t longest = 0;

    while (*value != '\0') {
        const size_t length = strcspn(value, ",");
        char piece[MAX_RETRY_AFTER] = "";
        uint64_t usec;

        memcpy(piece, value, length < sizeof(piece) ? length : sizeof(piece) - 1);
        usec = retry_after_of(piece, now_sec);
        longest = usec > longest ? usec : longest;
        value += length;
        value += *value == ',';
    }
    return longest;
}

/* "HTTP/1.1 200 OK", "HTTP/2 200". */
static int status_of(const char *line, size_t size)
{
    const char *space = memchr(line, ' ', size);
    const char *end = line + size;
    int status = 0;

    if (size < 5 || strncasecmp(line, "HTTP/", 5) != 0 || !space)
        return -1;
    while (space < end && *space == ' ')
        space++;
    for (; space < end && *space >= '0' && *space <= '9' && status < 1000; space++)
        status = status * 10 + (*space - '0');
    return status;
}

static int keep(char **place, const char *value, size_t size, size_t max)
{
    if (*place || size == 0 || size > max)
        return 0;
    *place = strndup(value, size);
    return *place ? 0 : -ENOMEM;
}

static bool list_has(const char *list, const char *name, size_t size)
{
    const char *end;

    for (; *list != '\0'; list = end) {
        list += strspn(list, ", ");
        end = list + strcspn(list, ", ");
        if ((size_t)(end - list) == size && strncasecmp(list, name, size) == 0)
            return true;
    }
    return false;
}

static void name_bad(char ret[32], const char *name, size_t length)
{
    if (ret[0] != '\0')
        return;
    memcpy(ret, name, length < 32 ? length : 31);
    ret[length < 32 ? length : 31] = '\0';
}

static void take_coding(struct response_head *head, const char *name, size_t length, const char *offered)
{
    if (list_has("identity, none", name, length))
        return;
    head->n_encodings++;
    head->coding = decode_coding_of(name, length);
    if (!list_has(offered, decode_coding_name(head->coding), strlen(decode_coding_name(head->coding))))
        name_bad(head->bad_encoding, name, length);
}

/* libcurl takes chunked apart, nothing else was asked for (RFC 9112 6.1). */
static void take_transfer_coding(struct response_head *head, const char *name, size_t length)
{
    if (!list_has("chunked, identity", name, length))
        name_bad(head->bad_transfer, name, length);
}

static void take_codings(
    struct response_head *head, const char *value, size_t size, const char *offered, bool is_transfer)
{
    size_t i = 0;

    while (i < size) {
        const char *name = value + i;
        size_t length = 0;

        while (i + length < size && !strchr(", \t", name[length]))
            length++;
        i += length > 0 ? length : 1;
        if (length > 0 && is_transfer)
            take_transfer_coding(head, name, length);
        else if (length > 0)
            take_coding(head, name, length, offered);
    }
}

static void take_retry_after(struct response_head *head, const char *value, size_t size)
{
    char copy[MAX_RETRY_AFTER * 2];
    uint64_t usec;

    if (size >= sizeof(copy))
        return;
    memcpy(copy, value, size);
    copy[size] = '\0';
    usec = response_retry_after_usec(copy, (int64_t)(clock_realtime_usec() / USEC_PER_SEC));
    if (usec > head->retry_after_usec)
        head->retry_after_usec = usec;
}

static int take_field(struct response_head *head, const char *name, size_t name_size, const char *value,
    size_t size, const char *offered)
{
    char copy[20];

    switch (name_size) {
    case 4:
        if (strncasecmp(name, "ETag", 4) == 0 && validator_is_etag(value, size))
            return keep(&head->etag, value, size, VALIDATOR_MAX);
        return 0;
    case 8:
        if (strncasecmp(name, "Location", 8) == 0) {
            head->has_location = true;
            return keep(&head->location, value, size, RESPONSE_MAX_LOCATION);
        }
        return 0;
    case 11:
        if (strncasecmp(name, "Retry-After", 11) == 0)
            take_retry_after(head, value, size);
        return 0;
    case 12:
        if (strncasecmp(name, "Content-Type", 12) == 0)
            content_type_parse(value, size, &head->type);
        return 0;
    case 13:
        if (strncasecmp(name, "Last-Modified", 13) == 0 && validator_is_date(value, size))
            return keep(&head->last_modified, value, size, VALIDATOR_MAX);
        return 0;
    case 14:
        if (strncasecmp(name, "Content-Length", 14) == 0 && size < 20) {
            memcpy(copy, value, size);
            copy[size] = '\0';
            if (text_parse_u64(copy, UINT64_MAX - 1, &head->content_length) < 0)
                head->content_length = UINT64_MAX;
        }
        return 0;
    case 16:
        if (strncasecmp(name, "Content-Encoding", 16) == 0)
            take_codings(head, value, size, offered, false);
        return 0;
    case 17:
        if (strncasecmp(name, "Transfer-Encoding", 17) == 0)
            take_codings(head, value, size, offered, true);
        return 0;
    default:
        return 0;
    }
}

int response_head_take(struct response_head *head, const char *line, size_t size, const char *offered)
{
    uint64_t bytes = head->bytes + size;
    const char *colon;
    const char *value;

    head->bytes = bytes;
    if (head->is_complete)
        return 0;
    while (size > 0 && strchr("\r\n \t", line[size - 1]) && line[size - 1] != '\0')
        size--;
    if (size == 0) {
        head->is_complete = head->status >= 200;
        return 0;
    }
    if (strncasecmp(line, "HTTP/", size < 5 ? size : 5) == 0 && size >= 5) {
        int status = status_of(line, size);

        response_head_reset(head);
        head->bytes = bytes;
        head->status = status;
        return 0;
    }
    colon = memchr(line, ':', size);
    if (!colon)
        return 0;
    value = colon + 1;
    while (value < line + size && (*value == ' ' || *value == '\t'))
        value++;
    return take_field(head, line, (size_t)(colon - line), value, (size_t)(line + size - value), offered);
}
