#include "fetch/transfer.h"
#include <errno.h>
#include <string.h>

/* What libcurl takes for "stop". */
#define STOP 0

void transfer_stop(struct transfer *transfer, int error)
{
    if (error == -EMEDIUMTYPE)
        verdict_set(&transfer->verdict, OUTCOME_UNSUPPORTED_TYPE, false, "found by its content");
    else
        verdict_set(
            &transfer->verdict, OUTCOME_INTERNAL_ERROR, error == -ENOMEM, "%s", strerrordesc_np(-error));
}

/* Of the page itself. Returns whether it goes on; if not, the verdict says why. */
static bool take(struct transfer *transfer, const void *bytes, size_t size)
{
    struct fetch_request *request = transfer->request;
    const uint64_t max = transfer->max_body_bytes;
    const uint64_t left = max - transfer->body_bytes;
    const size_t taken = size > left ? (size_t)left : size;
    int r;

    if (size > left && request->kind != FETCH_ROBOTS) {
        verdict_set(&transfer->verdict, OUTCOME_TOO_LARGE, false,
            "more than %llu bytes, which is MaxBodySize=", (unsigned long long)max);
        return false;
    }
    transfer->body_bytes += taken;
    r = taken > 0 ? request->data(request, bytes, taken) : 0;
    if (r < 0)
        transfer_stop(transfer, r);
    else if (taken < size)
        verdict_set(&transfer->verdict, OUTCOME_COUNTED, false, "cut at %llu bytes", (unsigned long long)max);
    return !transfer->verdict.is_final;
}

static void refuse(struct transfer *transfer, enum decode_state state)
{
    const char *name = decode_coding_name(transfer->head.coding);

    switch (state) {
    case DECODE_GOES_ON:
        return;
    case DECODE_DAMAGED:
        verdict_set(&transfer->verdict, OUTCOME_BAD_RESPONSE, false, "its %s data are damaged", name);
        return;
    case DECODE_TOO_GREAT:
        verdict_set(&transfer->verdict, OUTCOME_BAD_RESPONSE, false,
            "its %s data need more memory to decode than HTTP allows", name);
        return;
    case DECODE_NO_MEMORY:
        transfer_stop(transfer, -ENOMEM);
    }
}

/* What stands behind the whole body is dropped, and not waited for without end. */
static bool has_enough(struct transfer *transfer, size_t size)
{
    if (!body_decoder_is_behind(transfer->decoder))
        return false;
    transfer->behind_bytes += size;
    if (transfer->behind_bytes <= TRANSFER_MAX_DRAIN)
        return false;
    verdict_set(&transfer->verdict, OUTCOME_COUNTED, false, "%s", "");
    return true;
}

static bool decode(struct transfer *transfer, const void *bytes, size_t size)
{
    uint8_t *decoded = transfer->shared->decoded;
    struct decode_io io = {.in = bytes, .in_size = size};
    enum decode_state state;

    do {
        io.out = decoded;
        io.out_size = TRANSFER_DECODED_SIZE;
        state = body_decoder_run(transfer->decoder, &io);
        if (io.out > decoded && !take(transfer, decoded, (size_t)(io.out - decoded)))
            return false;
    } while (state == DECODE_GOES_ON && io.out_size == 0);
    refuse(transfer, state);
    return state == DECODE_GOES_ON && !has_enough(transfer, size);
}

/* Without libcurl's own limit, which sees neither chunked nor decoded sizes. */
size_t transfer_on_body(char *bytes, size_t size, size_t n, void *context)
{
    struct transfer *transfer = context;

    size *= n;
    if (transfer->shared->rate)
        transfer_charge(transfer, transfer_wire_bytes(transfer));
    if (transfer->verdict.is_final) {
        transfer->drained_bytes += size;
        return transfer->drained_bytes <= TRANSFER_MAX_DRAIN ? size : STOP;
    }
    return (transfer->decoder ? decode : take)(transfer, bytes, size) ? size : STOP;
}

static void refuse_wire_bytes(struct transfer *transfer, uint64_t max)
{
    if (!transfer->verdict.is_final)
        verdict_set(&transfer->verdict, OUTCOME_TOO_LARGE, false,
            "more than %llu bytes on the wire, beyond all that MaxBodySize= allows", (unsigned long long)max);
}

/* Connections of HTTP/2 have many answers on them. */
static bool is_alone_on_connection(const struct transfer *transfer)
{
    long version = CURL_HTTP_VERSION_NONE;

    return curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_VERSION, &version) == CURLE_OK &&
        version < CURL_HTTP_VERSION_2_0;
}

/* As long as something comes libcurl goes on with it, whatever else there is to do. */
static bool has_flooded(struct transfer *transfer, uint64_t max)
{
    uint64_t bytes;

    if (++transfer->n_progress % TRANSFER_PROGRESS_UNCOUNTED != 0 || !is_alone_on_connection(transfer))
        return false;
    bytes = poller_received(&transfer->user);
    if (transfer->n_progress == TRANSFER_PROGRESS_UNCOUNTED)
        transfer->first_bytes = bytes;
    return bytes > transfer->first_bytes && bytes - transfer->first_bytes > max;
}

/* A coding can be endless without a byte of the body in it, and so can what stands around its pieces. */
int transfer_on_progress(
    void *context, curl_off_t total, curl_off_t received, curl_off_t upload_total, curl_off_t uploaded)
{
    struct transfer *transfer = context;
    const uint64_t max = TRANSFER_MAX_WIRE_RATIO * transfer->max_body_bytes + FETCH_MAX_HEADER_BYTES;
    const uint64_t max_of_socket =
        TRANSFER_MAX_SOCKET_RATIO * transfer->max_body_bytes + FETCH_MAX_HEADER_BYTES;

    if (received >= 0 && (uint64_t)received > max)
        refuse_wire_bytes(transfer, max);
    else if (has_flooded(transfer, max_of_socket))
        refuse_wire_bytes(transfer, max_of_socket);
    else
        return 0;
    return 1;
}

void transfer_end_body(struct transfer *transfer)
{
    if (!transfer->decoder || body_decoder_is_whole(transfer->decoder))
        verdict_set(&transfer->verdict, OUTCOME_COUNTED, false, "%s", "");
    else
        verdict_set(&transfer->verdict, OUTCOME_TRUNCATED, true,
            "its %s data are cut short, though the answer came whole",
            decode_coding_name(transfer->head.coding));
}
