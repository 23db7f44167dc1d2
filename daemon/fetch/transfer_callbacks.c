#include "base/clock.h"
#include "fetch/transfer.h"
#include <errno.h>
#include <string.h>
#include <unistd.h>

/* What libcurl takes for "stop". */
#define STOP 0

static const char *or_null(const char *text)
{
    return text[0] != '\0' ? text : NULL;
}

static int begin_body(struct transfer *transfer)
{
    const struct response_head *head = &transfer->head;
    struct fetch_request *request = transfer->request;
    int r = 0;

    if (head->n_encodings > 0)
        r = body_decoder_new(head->coding, &transfer->decoder);
    if (r == 0)
        r = request->begin(request, or_null(head->type.essence), or_null(head->type.charset));
    transfer->is_begun = true;
    return r;
}

/* From http to https of the same host: what follows goes to another port, so that this connection would only
 * stand beside the next one. */
static bool leads_to_tls(const struct transfer *transfer)
{
    const char *location = transfer->head.location;
    const size_t length = strlen(transfer->host);

    return transfer->verdict.is_redirect && strncmp(transfer->request->url, "http:", 5) == 0 &&
        strncasecmp(location, "https://", 8) == 0 && strncasecmp(location + 8, transfer->host, length) == 0 &&
        strchr("/:?#", location[8 + length]);
}

static size_t on_complete_head(struct transfer *transfer, size_t size)
{
    const struct response_head *head = &transfer->head;
    int r;

    if (head->coding != DECODE_BR && head->coding != DECODE_ZSTD)
        decode_budget_give_back(&transfer->shared->decode_budget, &transfer->decode_charge);
    verdict_of_head(&transfer->verdict, head, transfer->request);
    if (!transfer->verdict.is_final) {
        r = begin_body(transfer);
        if (r == 0)
            return size;
        transfer_stop(transfer, r);
        return STOP;
    }
    /* A small body is read and dropped, which keeps the connection. */
    return head->status < 300 || !response_head_is_framed(head) || leads_to_tls(transfer) ||
            (head->content_length != UINT64_MAX && head->content_length > TRANSFER_MAX_DRAIN)
        ? STOP
        : size;
}

size_t transfer_on_header(char *line, size_t size, size_t n, void *context)
{
    struct transfer *transfer = context;
    struct response_head *head = &transfer->head;
    const bool was_complete = head->is_complete;
    const uint64_t low_speed_usec = transfer->request->settings->low_speed_usec;
    int r;

    size *= n;
    if (transfer->first_byte_usec == 0) {
        uint64_t now_usec = clock_boottime_usec();

        transfer->first_byte_usec = now_usec - transfer->started_usec;
        if (low_speed_usec > 0)
            transfer->low_speed_due_usec = clock_add(now_usec, low_speed_usec);
        if (transfer->request->answered)
            transfer->request->answered(transfer->request);
    }
    r = response_head_take(head, line, size, transfer->offer->codings);
    if (r < 0) {
        transfer_stop(transfer, r);
        return STOP;
    }
    transfer_charge(transfer, head->bytes);
    if (head->bytes > FETCH_MAX_HEADER_BYTES) {
        if (!transfer->verdict.is_final)
            verdict_set(&transfer->verdict, OUTCOME_BAD_RESPONSE, false, "more than %d bytes of headers",
                FETCH_MAX_HEADER_BYTES);
        return STOP;
    }
    return head->is_complete && !was_complete ? on_complete_head(transfer, size) : size;
}

int transfer_on_request(
    void *context, char *remote_address, char *local_address, int remote_port, int local_port)
{
    struct transfer *transfer = context;

    if (transfer->is_asked) {
        transfer->is_refused = true;
        return CURL_PREREQFUNC_ABORT;
    }
    transfer->is_asked = true;
    if (transfer->request->sent)
        transfer->request->sent(transfer->request);
    return CURL_PREREQFUNC_OK;
}

/* Of its name and port; 80 and 443 are one. */
static uint64_t host_number(const char *host, const struct sockaddr *address)
{
    uint64_t number = UINT64_C(14695981039346656037); /* FNV-1a */
    const uint16_t port = address_port(address);

    for (const char *c = host; *c != '\0'; c++)
        number = (number ^ (unsigned char)*c) * UINT64_C(1099511628211);
    number = (number ^ (port == 443 ? 80 : port)) * UINT64_C(1099511628211);
    return number != 0 ? number : 1;
}

/* Those that are kept to the host, of its other scheme too, count among those that it may have. */
static uint64_t make_room(struct transfer *transfer, const struct sockaddr *address)
{
    const struct fetch_request *request = transfer->request;
    uint64_t host;

    if (request->max_host_connections == 0 || request->settings->proxy)
        return 0;
    host = host_number(transfer->host, address);
    poller_make_room(transfer->poller, host, request->max_host_connections);
    return host;
}

static int note_opened(struct transfer *transfer, int fd, const struct sockaddr *address)
{
    return transfer->poller ? poller_opened(transfer->poller, fd, make_room(transfer, address)) : 0;
}

/* The last word on where a connection goes: whatever names, redirects or libcurl itself came up with. */
curl_socket_t transfer_on_socket(void *context, curlsocktype purpose, struct curl_sockaddr *address)
{
    struct transfer *transfer = context;
    const struct fetch_settings *settings = transfer->request->settings;
    enum guard_verdict verdict = GUARD_OK;
    int fd;

    /* Sooner than the request itself is refused: the server sees no connection for nothing. */
    if (transfer->is_asked) {
        transfer->is_refused = true;
        return CURL_SOCKET_BAD;
    }
    if (!settings->proxy)
        verdict = guard_check(settings->guard, &address->addr);
    if (verdict != GUARD_OK) {
        transfer->refused = verdict;
        (void)address_copy(&address->addr, &transfer->refused_address);
        return CURL_SOCKET_BAD;
    }
    fd = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
    transfer->socket_errno = fd < 0 ? errno : 0;
    if (fd >= 0 && note_opened(transfer, fd, &address->addr) < 0) {
        transfer->socket_errno = ENOMEM;
        (void)close(fd);
        return CURL_SOCKET_BAD;
    }
    return fd;
}
