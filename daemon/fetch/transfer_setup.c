#include "fetch/transfer.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "fetch/robots.h"
#include "fetch/url.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Of libcurl's receive buffer: a page of usual size arrives in one or two pieces. */
#define BUFFER_SIZE (32 * 1024L)
/* With a limit of bytes per second libcurl looks at it after every hundredth buffer: a second's worth at
 * most. */
#define MIN_BUFFER_SIZE 1024L
#define BUFFERS_PER_SEC 100
/* However little time is left for it, an address gets this. */
#define MIN_CONNECT_MS 100

static const char accept_header[] = "Accept: text/html,application/xhtml+xml,text/plain;q=0.9,*/*;q=0.1";

DEFINE_CLEANUP(struct transfer *, transfer_free)

/* Sets options until the first that fails; then `code` says so. */
#define SET(option, value) ((code) == CURLE_OK ? (code = curl_easy_setopt(easy, option, value)) : code)

/* What is the same for every fetch. */
static CURLcode set_constants(CURL *easy, struct transfer *transfer)
{
    CURLcode code = CURLE_OK;

    SET(CURLOPT_PRIVATE, (void *)&transfer->user);
    SET(CURLOPT_CURLU, transfer->url);
    SET(CURLOPT_ERRORBUFFER, transfer->error);
    SET(CURLOPT_HEADERFUNCTION, transfer_on_header);
    SET(CURLOPT_HEADERDATA, (void *)transfer);
    SET(CURLOPT_WRITEFUNCTION, transfer_on_body);
    SET(CURLOPT_WRITEDATA, (void *)transfer);
    SET(CURLOPT_XFERINFOFUNCTION, transfer_on_progress);
    SET(CURLOPT_XFERINFODATA, (void *)transfer);
    SET(CURLOPT_NOPROGRESS, 0L);
    SET(CURLOPT_OPENSOCKETFUNCTION, transfer_on_socket);
    SET(CURLOPT_OPENSOCKETDATA, (void *)transfer);
    SET(CURLOPT_PREREQFUNCTION, transfer_on_request);
    SET(CURLOPT_PREREQDATA, (void *)transfer);
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PROTOCOLS_STR, "http,https");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_2TLS);
    SET(CURLOPT_HTTP09_ALLOWED, 0L);
    SET(CURLOPT_HTTP_CONTENT_DECODING, 0L);
    SET(CURLOPT_NETRC, (long)CURL_NETRC_IGNORED);
    SET(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_NOPROXY, "");
    return code;
}

int transfer_new(struct transfer **ret)
{
    CLEANUP(transfer_freep) struct transfer *transfer = calloc(1, sizeof(*transfer));

    if (!transfer)
        return -ENOMEM;
    list_init(&transfer->link);
    resolver_wait_init(&transfer->wait);
    transfer->easy = curl_easy_init();
    transfer->url = curl_url();
    if (!transfer->easy || !transfer->url || set_constants(transfer->easy, transfer) != CURLE_OK)
        return -ENOMEM;
    *ret = TAKE(transfer);
    return 0;
}

void transfer_free(struct transfer *transfer)
{
    if (!transfer)
        return;
    transfer_reset(transfer);
    curl_easy_cleanup(transfer->easy);
    curl_url_cleanup(transfer->url);
    response_head_deinit(&transfer->head);
    free(transfer->header_texts[HEADER_USER_AGENT]);
    free(transfer);
}

void transfer_reset(struct transfer *transfer)
{
    size_t i;

    for (i = HEADER_IF_NONE_MATCH; i < N_HEADERS; i++) {
        free(transfer->header_texts[i]);
        transfer->header_texts[i] = NULL;
    }
    if (transfer->shared)
        decode_budget_give_back(&transfer->shared->decode_budget, &transfer->decode_charge);
    body_decoder_free(TAKE(transfer->decoder));
    transfer->request = NULL;
    response_head_reset(&transfer->head);
}

/* libcurl would put it together anew for each request, and then copy it once more. Kept from fetch to fetch.
 */
static int set_user_agent(struct transfer *transfer, const char *agent)
{
    static const char name[] = "User-Agent: ";
    char **text = &transfer->header_texts[HEADER_USER_AGENT];

    if (*text && agent && strcmp(*text + strlen(name), agent) == 0)
        return 0;
    free(*text);
    *text = NULL;
    if (agent && asprintf(text, "%s%s", name, agent) < 0) {
        *text = NULL;
        return -ENOMEM;
    }
    return 0;
}

/* The nodes of the list are ours, so that nothing is allocated for most requests. */
static int set_headers(struct transfer *transfer)
{
    const struct fetch_request *request = transfer->request;
    struct curl_slist *last = &transfer->headers[HEADER_ACCEPT];
    size_t i;
    int r = set_user_agent(transfer, request->settings->user_agent);

    if (r < 0)
        return r;
    transfer->header_texts[HEADER_ACCEPT] = (char *)accept_header;
    transfer->header_texts[HEADER_ACCEPT_ENCODING] = (char *)transfer->offer->header;
    if (request->if_none_match &&
        asprintf(&transfer->header_texts[HEADER_IF_NONE_MATCH], "If-None-Match: %s", request->if_none_match) <
            0) {
        transfer->header_texts[HEADER_IF_NONE_MATCH] = NULL;
        return -ENOMEM;
    }
    if (request->if_modified_since &&
        asprintf(&transfer->header_texts[HEADER_IF_MODIFIED_SINCE], "If-Modified-Since: %s",
            request->if_modified_since) < 0) {
        transfer->header_texts[HEADER_IF_MODIFIED_SINCE] = NULL;
        return -ENOMEM;
    }
    for (i = 0; i < N_HEADERS; i++) {
        if (!transfer->header_texts[i])
            continue;
        transfer->headers[i] = (struct curl_slist){transfer->header_texts[i], NULL};
        if (i > 0)
            last->next = &transfer->headers[i];
        last = &transfer->headers[i];
    }
    return 0;
}

/* Without a folder of authorities libcurl keeps those of the file in memory from one connection to the next;
 * with one it reads them all again each time (24 ms instead of 1 ms a connection). The folder is for systems
 * without the file. */
static CURLcode set_authorities(CURL *easy, const char *ca_file)
{
    const char *folder = NULL;
    CURLcode code = CURLE_OK;

    /* NULL would mean none at all, not libcurl's default. */
    if (!ca_file)
        code = curl_easy_getinfo(easy, CURLINFO_CAINFO, &ca_file);
    if (code == CURLE_OK && !ca_file)
        code = curl_easy_getinfo(easy, CURLINFO_CAPATH, &folder);
    SET(CURLOPT_CAINFO, ca_file);
    SET(CURLOPT_CAPATH, folder);
    return code;
}

static long buffer_size(uint64_t max_bytes_per_sec)
{
    uint64_t size = max_bytes_per_sec / BUFFERS_PER_SEC;

    if (max_bytes_per_sec == 0 || size > BUFFER_SIZE)
        return BUFFER_SIZE;
    return size < MIN_BUFFER_SIZE ? MIN_BUFFER_SIZE : (long)size;
}

int transfer_prepare(struct transfer *transfer, struct fetch_request *request, struct transfer_shared *shared)
{
    const struct fetch_settings *settings = request->settings;
    const uint64_t max_bytes_per_sec = shared->rate ? atomic_load(&shared->rate->bytes_per_sec) : 0;
    CURL *easy = transfer->easy;
    CURLcode code = CURLE_OK;
    struct url_parts parts;
    int r;

    url_split(request->url, &parts);
    assert(parts.host_length < sizeof(transfer->host));
    memcpy(transfer->host, parts.host, parts.host_length);
    transfer->host[parts.host_length] = '\0';
    transfer->request = request;
    transfer->verdict = (struct verdict){.outcome = OUTCOME_NONE};
    transfer->shared = shared;
    transfer->max_body_bytes = request->kind == FETCH_ROBOTS ? ROBOTS_MAX_SIZE : settings->max_body_bytes;
    transfer->user = (struct poller_user){.fd = -1};
    transfer->n_progress = 0;
    transfer->offer =
        decode_budget_take(&shared->decode_budget, transfer->max_body_bytes, &transfer->decode_charge);
    transfer->started_usec = transfer->attempt_usec = clock_boottime_usec();
    transfer->first_byte_usec = transfer->connect_usec = 0;
    transfer->body_bytes = transfer->drained_bytes = transfer->wire_bytes = 0;
    transfer->charged_bytes = 0;
    transfer->paid_usec = shared->rate ? atomic_load(&shared->rate->paid_usec) : 0;
    transfer->is_held_back = false;
    transfer->low_speed_due_usec = USEC_NEVER;
    transfer->low_speed_mark = 0;
    transfer->is_begun = transfer->is_asked = transfer->is_refused = transfer->is_stale = false;
    transfer->n_addresses = transfer->current = 0;
    transfer->refused = GUARD_OK;
    transfer->socket_errno = 0;
    transfer->error[0] = '\0';

    r = set_headers(transfer);
    if (r < 0)
        return r;
    /* From the parts alone libcurl would put the text together once more, and from the text take the parts
     * and put them together. */
    if (curl_url_set(transfer->url, CURLUPART_URL, request->url, CURLU_DISALLOW_USER | CURLU_PATH_AS_IS) !=
        CURLUE_OK)
        return -ENOMEM;
    SET(CURLOPT_URL, request->url);
    /* A proxy that is asked for a connection is told, too. */
    SET(CURLOPT_USERAGENT, settings->proxy ? settings->user_agent : NULL);
    SET(CURLOPT_HTTPHEADER, &transfer->headers[HEADER_ACCEPT]);
    SET(CURLOPT_BUFFERSIZE, buffer_size(max_bytes_per_sec));
    SET(CURLOPT_MAX_RECV_SPEED_LARGE, (curl_off_t)max_bytes_per_sec);
    /* An empty one keeps the environment's away. A proxy's name is libcurl's to resolve, then rarely. */
    SET(CURLOPT_PROXY, settings->proxy ? settings->proxy : "");
    SET(CURLOPT_DNS_CACHE_TIMEOUT, settings->proxy ? 60L : 0L);
    SET(CURLOPT_CONNECT_TO, NULL);
    SET(CURLOPT_SHARE, tls_sessions_of(&shared->tls_sessions, transfer->host));
    if (code == CURLE_OK)
        code = set_authorities(easy, settings->ca_file);
    return code == CURLE_OK ? 0 : -ENOMEM;
}

bool transfer_set_addresses(struct transfer *transfer, const union address *addresses, size_t n)
{
    const struct guard *guard = transfer->request->settings->guard;
    size_t i;

    for (i = 0; i < n; i++) {
        enum guard_verdict verdict = guard_check_tables(guard, &addresses[i].any);

        if (verdict == GUARD_OK) {
            transfer->addresses[transfer->n_addresses++] = addresses[i];
        } else {
            transfer->refused = verdict;
            transfer->refused_address = addresses[i];
        }
    }
    if (transfer->n_addresses == 0)
        transfer_block(transfer);
    return transfer->n_addresses > 0;
}

/* The time left for connecting is shared by the addresses left. */
static long connect_timeout_ms(const struct transfer *transfer, uint64_t now_usec)
{
    uint64_t limit_usec = transfer->request->settings->connect_timeout_usec;
    size_t left = transfer->n_addresses > 0 ? transfer->n_addresses - transfer->current : 1;
    uint64_t spent_usec = now_usec - transfer->started_usec;
    uint64_t ms;

    if (limit_usec == 0)
        return INT32_MAX;
    ms = spent_usec < limit_usec ? (limit_usec - spent_usec) / left / USEC_PER_MSEC : 0;
    return ms < MIN_CONNECT_MS ? MIN_CONNECT_MS : ms > INT32_MAX ? INT32_MAX : (long)ms;
}

int transfer_aim(struct transfer *transfer, uint64_t now_usec)
{
    const union address *address = &transfer->addresses[transfer->current];
    CURL *easy = transfer->easy;
    CURLcode code = CURLE_OK;
    char text[ADDRESS_SIZE];

    transfer->attempt_usec = now_usec;
    SET(CURLOPT_FRESH_CONNECT, transfer->request->wants_fresh ? 1L : 0L);
    SET(CURLOPT_CONNECTTIMEOUT_MS, connect_timeout_ms(transfer, now_usec));
    if (!transfer->request->settings->proxy) {
        address_format(address, text);
        (void)snprintf(transfer->connect_to, sizeof(transfer->connect_to),
            address->any.sa_family == AF_INET6 ? "::[%s]:" : "::%s:", text);
        transfer->connect_to_list = (struct curl_slist){transfer->connect_to, NULL};
        SET(CURLOPT_CONNECT_TO, &transfer->connect_to_list);
    }
    return code == CURLE_OK ? 0 : -ENOMEM;
}
