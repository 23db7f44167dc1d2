#include "fetch/response_head.h"

#include "base/clock.h"
#include "base/text.h"
#include "fetch/retry_after.h"
#include "fetch/validator.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

/* Room for a line that is kept from one fetch to the next. */
#define FIELD_ROOM_KEPT 4096
/* Longer lists of times are not looked at. */
#define RETRY_AFTER_MAX 256

static void forget_strings(struct response_head *head)
{
    free(head->location);
    free(head->etag);
    free(head->last_modified);
}

void response_head_deinit(struct response_head *head)
{
    forget_strings(head);
    free(head->field);
}

void response_head_reset(struct response_head *head)
{
    char *field = head->field;
    size_t room = head->field_room;

    forget_strings(head);
    if (room > FIELD_ROOM_KEPT) {
        free(field);
        field = NULL;
        room = 0;
    }
    *head = (struct response_head){.content_length = UINT64_MAX, .field = field, .field_room = room};
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
    head->is_transfer_coded |= list_has("chunked", name, length);
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
    char copy[RETRY_AFTER_MAX];
    uint64_t usec;

    if (size >= sizeof(copy))
        return;
    memcpy(copy, value, size);
    copy[size] = '\0';
    usec = retry_after_usec(copy, (int64_t)(clock_realtime_usec() / USEC_PER_SEC));
    if (usec > head->retry_after_usec)
        head->retry_after_usec = usec;
}

static void take_length(struct response_head *head, const char *value, size_t size)
{
    const uint64_t before = head->content_length;
    char copy[20];

    if (size >= sizeof(copy))
        return;
    memcpy(copy, value, size);
    copy[size] = '\0';
    if (text_parse_u64(copy, UINT64_MAX - 1, &head->content_length) < 0)
        head->content_length = UINT64_MAX;
    head->has_two_lengths |= before != UINT64_MAX && before != head->content_length;
}

static int take_field(struct response_head *head, const char *name, size_t name_size, const char *value,
    size_t size, const char *offered)
{
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
        if (strncasecmp(name, "Content-Length", 14) == 0)
            take_length(head, value, size);
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

bool response_head_is_framed(const struct response_head *head)
{
    return !head->has_folded_framing &&
        (!head->has_two_lengths || head->is_transfer_coded || head->status == 304);
}

/* Of what libcurl reads for itself, line by line. */
static bool is_framing(const char *name, size_t size)
{
    return (size == 14 && strncasecmp(name, "Content-Length", 14) == 0) ||
        (size == 17 && strncasecmp(name, "Transfer-Encoding", 17) == 0);
}

/* The field whose last line has come. */
static int end_field(struct response_head *head, const char *offered)
{
    const char *line = head->field;
    const char *end = line + head->field_size;
    const char *colon = memchr(line, ':', head->field_size);
    const char *value;

    head->field_size = 0;
    if (!colon)
        return 0;
    if (head->is_folded && is_framing(line, (size_t)(colon - line)))
        head->has_folded_framing = true;
    for (value = colon + 1; value < end && (*value == ' ' || *value == '\t');)
        value++;
    return take_field(head, line, (size_t)(colon - line), value, (size_t)(end - value), offered);
}

/* The field is taken once it is known that the next line does not go on with it. */
static int add_to_field(struct response_head *head, const char *text, size_t size)
{
    const size_t wanted = head->field_size + size;
    char *grown;

    if (wanted > head->field_room) {
        grown = realloc(head->field, wanted * 2);
        if (!grown)
            return -ENOMEM;
        head->field = grown;
        head->field_room = wanted * 2;
    }
    memcpy(head->field + head->field_size, text, size);
    head->field_size += size;
    return 0;
}

/* A line that goes on with the one before it stands for a space in its value (RFC 9112 5.2). */
static int fold(struct response_head *head, const char *line, size_t size)
{
    int r;

    while (size > 0 && (*line == ' ' || *line == '\t')) {
        line++;
        size--;
    }
    /* There is nothing that the first one could go on with. */
    if (head->field_size == 0)
        return 0;
    head->is_folded = true;
    if (size == 0)
        return 0;
    r = add_to_field(head, " ", 1);
    return r < 0 ? r : add_to_field(head, line, size);
}

static void begin_head(struct response_head *head, const char *line, size_t size)
{
    const int status = status_of(line, size);
    const uint64_t bytes = head->bytes;

    response_head_reset(head);
    head->bytes = bytes;
    head->status = status;
}

int response_head_take(struct response_head *head, const char *line, size_t size, const char *offered)
{
    const bool is_fold = size > 0 && (line[0] == ' ' || line[0] == '\t');
    int r;

    head->bytes += size;
    if (head->is_complete)
        return 0;
    while (size > 0 && strchr("\r\n \t", line[size - 1]) && line[size - 1] != '\0')
        size--;
    if (is_fold)
        return fold(head, line, size);
    r = head->field_size > 0 ? end_field(head, offered) : 0;
    if (r < 0)
        return r;
    if (size == 0) {
        head->is_complete = head->status >= 200;
        return 0;
    }
    if (size >= 5 && strncasecmp(line, "HTTP/", 5) == 0) {
        begin_head(head, line, size);
        return 0;
    }
    head->is_folded = false;
    return add_to_field(head, line, size);
}
