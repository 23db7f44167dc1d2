#include "fetch/transfer.h"

#include "base/clock.h"
#include "base/text.h"
#include <stdio.h>
#include <string.h>

void transfer_block(struct transfer *transfer)
{
    char text[ADDRESS_SIZE];
    const char *address = address_format(&transfer->refused_address, text);
    const char *reason = guard_verdict_message(transfer->refused);

    switch (transfer->refused) {
    case GUARD_UNCHECKED:
        verdict_set(&transfer->verdict, OUTCOME_INTERNAL_ERROR, true, "%s %s", address, reason);
        return;
    case GUARD_DENIED:
        verdict_set(&transfer->verdict, OUTCOME_BLOCKED_ADDRESS, false, "%s %s", address, reason);
        return;
    case GUARD_OK:
    case GUARD_NOT_GLOBAL:
    case GUARD_OWN:
        verdict_set(&transfer->verdict, OUTCOME_BLOCKED_ADDRESS, false,
            "%s %s; AllowNetworks= lets chosen ones through", address, reason);
    }
}

static bool is_connect_failure(const struct transfer *transfer, CURLcode code)
{
    return !transfer->verdict.is_final && transfer->connect_usec == 0 && !transfer->is_asked &&
        (code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT);
}

static void note_connection(struct transfer *transfer)
{
    curl_off_t usec = 0;
    long n = 0;

    if (curl_easy_getinfo(transfer->easy, CURLINFO_NUM_CONNECTS, &n) == CURLE_OK && n > 0 &&
        curl_easy_getinfo(transfer->easy, CURLINFO_CONNECT_TIME_T, &usec) == CURLE_OK && usec > 0)
        transfer->connect_usec = transfer->attempt_usec - transfer->started_usec + (uint64_t)usec;
}

static void fail(struct transfer *transfer, CURLcode code)
{
    char text[ADDRESS_SIZE] = "";
    long os_errno = 0;
    struct verdict_failure failure = {
        .code = code,
        .message = transfer->error[0] != '\0' ? transfer->error : curl_easy_strerror(code),
        .peer = "the proxy",
        .is_connected = transfer->connect_usec > 0,
        .is_proxied = transfer->request->settings->proxy != NULL,
        .head = &transfer->head,
    };

    if (transfer->n_addresses > 0)
        failure.peer = address_format(&transfer->addresses[transfer->current], text);
    if (curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &os_errno) == CURLE_OK)
        failure.os_errno = (int)os_errno;
    if (code == CURLE_COULDNT_CONNECT && transfer->socket_errno != 0)
        failure.os_errno = transfer->socket_errno;
    verdict_of_failure(&transfer->verdict, &failure);
}

/* A server may send more than it said; what is left of that on the connection is no answer to the next
 * request. */
static bool has_read_leftovers(const struct transfer *transfer)
{
    long n_connects = 1;

    return transfer->is_asked && transfer->head.status <= 0 &&
        curl_easy_getinfo(transfer->easy, CURLINFO_NUM_CONNECTS, &n_connects) == CURLE_OK && n_connects == 0;
}

static enum transfer_turn conclude_attempt(struct transfer *transfer, CURLcode code)
{
    const union address *address = &transfer->addresses[transfer->current];

    /* The failure of an address that could be tried says more than the refusal of another. */
    if (transfer->refused == GUARD_OK || !address_equal(&transfer->refused_address, address))
        fail(transfer, code);
    if (transfer->current + 1 < transfer->n_addresses) {
        transfer->current++;
        transfer->verdict.is_final = false;
        return TRANSFER_NEXT_ADDRESS;
    }
    if (transfer->verdict.outcome == OUTCOME_NONE)
        transfer_block(transfer);
    transfer->verdict.is_final = true;
    return TRANSFER_ENDED;
}

enum transfer_turn transfer_conclude(struct transfer *transfer, CURLcode code)
{
    transfer->wire_bytes = transfer_wire_bytes(transfer);
    note_connection(transfer);
    if (transfer->verdict.is_final)
        return TRANSFER_ENDED;
    if (transfer->is_refused) {
        transfer->is_stale = !transfer->request->wants_fresh;
        verdict_set(&transfer->verdict, OUTCOME_TRUNCATED, true,
            "the server closed the connection without an answer");
        return TRANSFER_ENDED;
    }
    if (is_connect_failure(transfer, code))
        return conclude_attempt(transfer, code);
    if (code == CURLE_OK && transfer->is_begun) {
        transfer_end_body(transfer);
        return TRANSFER_ENDED;
    }
    transfer->is_stale = has_read_leftovers(transfer);
    fail(transfer, code);
    return TRANSFER_ENDED;
}

/* A slow server is one thing, a limit of ours that lets little come another. */
static void note_held_back(struct transfer *transfer, uint64_t now_usec)
{
    struct verdict *verdict = &transfer->verdict;
    const struct rate *rate = transfer->shared->rate;
    const size_t length = strlen(verdict->detail);

    transfer->is_held_back =
        rate && rate_fills_half(rate, transfer->paid_usec, now_usec - transfer->started_usec);
    if (transfer->is_held_back)
        (void)snprintf(verdict->detail + length, sizeof(verdict->detail) - length,
            ", while MaxBytesPerSec= held everything back");
}

void transfer_time_out(struct transfer *transfer, uint64_t now_usec)
{
    const struct fetch_settings *settings = transfer->request->settings;
    char span[TEXT_SPAN_SIZE];

    transfer->wire_bytes = transfer_wire_bytes(transfer);
    note_connection(transfer);
    if (transfer->verdict.is_final)
        return;
    if (transfer->low_speed_due_usec <= now_usec)
        verdict_set(&transfer->verdict, OUTCOME_TIMEOUT, true, "less than %llu bytes in %s",
            (unsigned long long)settings->low_speed_bytes, text_format_span(settings->low_speed_usec, span));
    else
        verdict_set(&transfer->verdict, OUTCOME_TIMEOUT, true, "%s within %s",
            transfer->first_byte_usec == 0 ? "no answer" : "no end of the answer",
            text_format_span(settings->transfer_timeout_usec, span));
    note_held_back(transfer, now_usec);
}

uint64_t transfer_wire_bytes(struct transfer *transfer)
{
    curl_off_t body = 0;

    if (transfer->head.bytes == 0 ||
        curl_easy_getinfo(transfer->easy, CURLINFO_SIZE_DOWNLOAD_T, &body) != CURLE_OK || body < 0)
        body = 0;
    return transfer->head.bytes + (uint64_t)body;
}

void transfer_charge(struct transfer *transfer, uint64_t wire_bytes)
{
    struct rate *rate = transfer->shared->rate;

    if (!rate || wire_bytes <= transfer->charged_bytes)
        return;
    rate_take(rate, wire_bytes - transfer->charged_bytes, clock_boottime_usec());
    transfer->charged_bytes = wire_bytes;
}

void transfer_result(struct transfer *transfer, uint64_t now_usec, struct fetch_result *ret)
{
    const struct response_head *head = &transfer->head;
    const struct verdict *verdict = &transfer->verdict;

    *ret = (struct fetch_result){
        .outcome = verdict->outcome,
        .is_redirect = verdict->is_redirect,
        .may_pass = verdict->may_pass,
        .is_held_back = transfer->is_held_back,
        .is_stale = transfer->is_stale,
        .http_status = head->status > 0 ? head->status : 0,
        .location = head->location,
        .content_type = head->type.essence[0] != '\0' ? head->type.essence : NULL,
        .charset = head->type.charset[0] != '\0' ? head->type.charset : NULL,
        .etag = head->etag,
        .last_modified = head->last_modified,
        .detail = verdict->detail,
        .retry_after_usec = head->status == 429 || head->status == 503 ? head->retry_after_usec : 0,
        .body_bytes = transfer->body_bytes,
        .wire_bytes = transfer->wire_bytes,
        .connect_usec = transfer->connect_usec,
        .first_byte_usec = transfer->first_byte_usec,
        .total_usec = now_usec - transfer->started_usec,
    };
}
