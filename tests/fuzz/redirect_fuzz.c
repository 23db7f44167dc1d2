/* An answer as the fetcher judges it: the URL that was asked for, the validators that were sent, then the
 * lines of a head. Whatever they are: each complete head has one verdict, a redirect leads to a URL that is
 * normal and stays so, and what is kept of the answer may be sent back. */
#include "fetch/fetcher.h"
#include "fetch/response_head.h"
#include "fetch/url.h"
#include "fetch/validator.h"
#include "fetch/verdict.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
    if (!condition)
        abort();
}

/* The next line without its end, as a string; "" behind the last. */
static char *next_line(const uint8_t **data, size_t *size)
{
    const uint8_t *end = memchr(*data, '\n', *size);
    const size_t length = end ? (size_t)(end - *data) : *size;
    char *line = malloc(length + 1);

    require(line != NULL);
    memcpy(line, *data, length);
    line[length] = '\0';
    *data += length + (end ? 1 : 0);
    *size -= length + (end ? 1 : 0);
    return line;
}

static void check_printable(const char *text)
{
    for (; text && *text != '\0'; text++)
        require(*text >= ' ' && *text <= '~');
}

static void take_lines(struct response_head *head, const uint8_t *data, size_t size)
{
    while (size > 0 && !head->is_complete) {
        const uint8_t *end = memchr(data, '\n', size);
        const size_t length = end ? (size_t)(end + 1 - data) : size;
        char *line = malloc(length);

        require(line != NULL);
        memcpy(line, data, length);
        require(response_head_take(head, line, length, "gzip, deflate, br, zstd") == 0);
        free(line);
        data += length;
        size -= length;
    }
}

static void check_redirect(const char *url, const char *location)
{
    enum url_verdict verdict;
    char *target = NULL;
    char *again = NULL;
    struct url_parts parts;

    require(url_resolve(url, location, &target, &verdict) == 0);
    require((verdict == URL_OK) == (target != NULL));
    require(url_verdict_message(verdict) != NULL);
    if (!target)
        return;
    require(url_normalise(target, &again, &verdict) == 0 && again && strcmp(again, target) == 0);
    url_split(target, &parts);
    require(parts.host_length > 0 && parts.port > 0);
    require((parts.scheme_length == 4 && memcmp(parts.scheme, "http", 4) == 0) ||
        (parts.scheme_length == 5 && memcmp(parts.scheme, "https", 5) == 0));
    check_printable(target);
    free(target);
    free(again);
}

static void judge(const char *url, const struct fetch_request *request, const struct response_head *head)
{
    struct verdict verdict = {0};

    verdict_of_head(&verdict, head, request);
    check_printable(verdict.detail);
    require(strlen(verdict.detail) < VERDICT_DETAIL_SIZE);
    require(verdict.is_redirect ==
        (verdict.is_final && head->status >= 300 && head->status < 400 && head->status != 304 &&
            verdict.outcome == OUTCOME_NONE));
    require(verdict.is_final || (head->status >= 200 && head->status < 300));
    /* What is read is in one coding at most, of those that there are decoders for. */
    require(verdict.is_final ||
        (head->n_encodings <= 1 && (head->n_encodings == 0) == (head->coding == DECODE_IDENTITY) &&
            head->bad_transfer[0] == '\0'));
    if (verdict.is_redirect)
        check_redirect(url, head->location);
}

static void check_validators(const struct response_head *head)
{
    require(!head->etag || validator_is_etag(head->etag, strlen(head->etag)));
    require(!head->etag || validator_etags_match(head->etag, head->etag));
    require(!head->last_modified || validator_is_date(head->last_modified, strlen(head->last_modified)));
    check_printable(head->etag);
    check_printable(head->last_modified);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static int is_ready;
    const struct fetch_settings settings = {.max_body_bytes = 1000};
    char *text = next_line(&data, &size);
    char *etag = next_line(&data, &size);
    char *date = next_line(&data, &size);
    struct fetch_request request = {.settings = &settings};
    struct response_head head = {0};
    enum url_verdict verdict;
    char *url = NULL;

    if (!is_ready)
        require(fetch_init() == 0);
    is_ready = 1;
    require(url_normalise(text, &url, &verdict) == 0);
    request.kind = etag[0] == '!' ? FETCH_ROBOTS : FETCH_PAGE;
    request.if_none_match = validator_is_etag(etag, strlen(etag)) ? etag : NULL;
    request.if_modified_since = validator_is_date(date, strlen(date)) ? date : NULL;
    response_head_reset(&head);
    take_lines(&head, data, size);
    check_validators(&head);
    if (head.is_complete)
        judge(url ? url : "http://base.example/a/b?c", &request, &head);
    if (head.etag && request.if_none_match)
        require(validator_etags_match(head.etag, etag) == validator_etags_match(etag, head.etag));
    response_head_deinit(&head);
    free(url);
    free(text);
    free(etag);
    free(date);
    return 0;
}
