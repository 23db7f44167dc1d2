/* Lines of a response head, as libcurl hands them over: each with its end, whatever is in it. */
#include "fetch/response_head.h"
#include "fetch/validator.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int condition)
{
    if (!condition)
        abort();
}

/* It will be a header of a request: nothing in it may end the line. */
static void check_validator(const char *text)
{
    require(!text || (text[0] != '\0' && strlen(text) <= VALIDATOR_MAX));
    for (; text && *text != '\0'; text++)
        require(*text >= ' ' && *text <= '~');
}

static void check(const struct response_head *head)
{
    require(!head->is_complete || (head->status >= 200 && head->field_size == 0));
    require(!head->location || (head->has_location && strlen(head->location) <= RESPONSE_MAX_LOCATION));
    check_validator(head->etag);
    check_validator(head->last_modified);
    require(strlen(head->type.essence) < CONTENT_TYPE_MAX && strlen(head->type.charset) < CONTENT_TYPE_MAX);
    require(strlen(head->bad_encoding) < sizeof(head->bad_encoding));
    require(strlen(head->bad_transfer) < sizeof(head->bad_transfer));
    require(head->n_encodings == 0 || head->coding != DECODE_IDENTITY || head->bad_encoding[0] != '\0');
    for (const char *c = head->type.charset; *c != '\0'; c++)
        require(*c > ' ' && *c <= '~');
    for (const char *c = head->type.essence; *c != '\0'; c++)
        require(*c > ' ' && *c <= '~' && (*c < 'A' || *c > 'Z'));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct response_head head = {0};
    size_t start = 0;

    response_head_reset(&head);
    while (start < size) {
        const uint8_t *end = memchr(data + start, '\n', size - start);
        size_t length = end ? (size_t)(end + 1 - data) - start : size - start;
        char *line = malloc(length);

        require(line != NULL);
        memcpy(line, data + start, length);
        require(response_head_take(&head, line, length, "gzip, deflate") == 0);
        free(line);
        start += length;
        check(&head);
    }
    require(head.bytes == size);
    response_head_deinit(&head);
    return 0;
}
