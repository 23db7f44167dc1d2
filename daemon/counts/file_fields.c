#include "counts/file_read.h"

#include "base/clock.h"
#include "counts/file_text.h"
#include <string.h>

static const char *some(const char *text)
{
    return *text ? text : NULL;
}

static bool is_hash(const char *text)
{
    return strspn(text, "0123456789abcdef") == 32 && !text[32];
}

static bool is_time(const char *text)
{
    uint64_t usec;

    return !*text || clock_parse_iso8601(text, &usec) == 0;
}

/* "12.345" */
static bool take_seconds(char *field, uint64_t *ret_msec)
{
    char *point = strchr(field, '.');
    uint64_t seconds;
    uint64_t msec;

    if (!point || strlen(point) != 4 || strspn(point + 1, "0123456789") != 3)
        return false;
    *point = '\0';
    msec = (uint64_t)(point[1] - '0') * 100 + (uint64_t)(point[2] - '0') * 10 + (uint64_t)(point[3] - '0');
    if (!file_take_number(field, COUNTS_FILE_MAX_MSEC / 1000 - 1, &seconds))
        return false;
    *ret_msec = seconds * 1000 + msec;
    return true;
}

/* NULL, or what is wrong with them. */
static const char *take_counted(struct counts_file_page *page, char **fields)
{
    if (outcome_state(page->outcome) != URL_COUNTED) {
        for (size_t i = FILE_CHARSET; i <= FILE_DISTINCT; i++)
            if (*fields[i] && i != FILE_BODY_BYTES && i != FILE_WIRE_BYTES)
                return "a page that was not counted has counts";
        return NULL;
    }
    page->charset = some(fields[FILE_CHARSET]);
    page->charset_from = some(fields[FILE_CHARSET_FROM]);
    page->title = some(fields[FILE_TITLE]);
    page->content_hash = fields[FILE_CONTENT_HASH];
    if (!is_hash(page->content_hash))
        return "contentHash has 32 hexadecimal digits";
    if (!file_take_number(fields[FILE_REPLACED], COUNTS_FILE_MAX_BYTES, &page->replaced) ||
        !file_take_number(fields[FILE_TOKENS], COUNTS_FILE_MAX_TOKENS, &page->tokens) ||
        !file_take_number(fields[FILE_DISTINCT], COUNTS_FILE_MAX_TOKENS, &page->distinct))
        return "replaced, tokens and distinct of a counted page are numbers";
    return NULL;
}

static const char *take_page_times(struct counts_file_page *page, char **fields, bool has_times)
{
    if (!has_times || !*fields[FILE_FETCHED]) {
        for (size_t i = FILE_FETCHED; i <= FILE_ATTEMPTS; i++)
            if (*fields[i])
                return has_times ? "countedFrom, seconds and attempts are empty where fetched is"
                                 : "there is a time, and the head says that there are none";
        return *fields[FILE_WIRE_BYTES] ? "wireBytes is empty where fetched is" : NULL;
    }
    if (!file_take_number(fields[FILE_WIRE_BYTES], COUNTS_FILE_MAX_BYTES, &page->wire_bytes))
        return "wireBytes is no number";
    if (!is_time(fields[FILE_FETCHED]) || !is_time(fields[FILE_COUNTED_FROM]))
        return "a time is written like 2026-11-22T10:00:00Z";
    page->fetched = some(fields[FILE_FETCHED]);
    page->counted_from = some(fields[FILE_COUNTED_FROM]);
    if (!take_seconds(fields[FILE_SECONDS], &page->msec))
        return "seconds are written like 0.125";
    if (!file_take_number(fields[FILE_ATTEMPTS], COUNTS_FILE_MAX_ATTEMPTS, &page->attempts))
        return "attempts is no number";
    return NULL;
}

const char *file_take_fields(struct counts_file_page *page, char **fields, bool has_times)
{
    const char *reason;
    uint64_t status = 0;

    *page = (struct counts_file_page){
        .url = fields[FILE_URL],
        .submitted = some(fields[FILE_SUBMITTED]),
        .label = some(fields[FILE_LABEL]),
        .host = fields[FILE_HOST],
        .final_url = some(fields[FILE_FINAL_URL]),
        .content_type = some(fields[FILE_CONTENT_TYPE]),
        .detail = some(fields[FILE_DETAIL]),
    };
    if (!*page->url || !*page->host)
        return "a page has a url and a host";
    if (page->submitted && strcmp(page->submitted, page->url) == 0)
        return "submitted is empty where it is as url";
    /* Written with underscores alone. */
    if (outcome_from_string(fields[FILE_OUTCOME], &page->outcome) < 0 ||
        strcmp(outcome_to_string(page->outcome), fields[FILE_OUTCOME]) != 0)
        return "there is no such outcome";
    if (*fields[FILE_HTTP_STATUS] &&
        (!file_take_number(fields[FILE_HTTP_STATUS], 999, &status) || status == 0))
        return "httpStatus is no number up to 999";
    page->http_status = (unsigned)status;
    if (!file_take_number(fields[FILE_BODY_BYTES], COUNTS_FILE_MAX_BYTES, &page->body_bytes))
        return "bodyBytes is no number";
    reason = take_counted(page, fields);
    return reason ? reason : take_page_times(page, fields, has_times);
}
