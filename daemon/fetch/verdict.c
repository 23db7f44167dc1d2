#include "fetch/verdict.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void verdict_set(struct verdict *verdict, enum outcome outcome, bool may_pass, const char *format, ...)
{
    va_list arguments;

    verdict->outcome = outcome;
    verdict->is_final = true;
    verdict->may_pass = may_pass;
    va_start(arguments, format);
    (void)vsnprintf(verdict->detail, sizeof(verdict->detail), format, arguments);
    va_end(arguments);
    /* Some of it is what a server sent. */
    for (char *c = verdict->detail; *c != '\0'; c++)
        if (*c < ' ' || *c > '~')
            *c = '?';
}

static bool is_redirect_status(int status)
{
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

static void of_redirect(struct verdict *verdict, const struct response_head *head)
{
    if (head->location) {
        verdict_set(verdict, OUTCOME_NONE, false, "%s", "");
        verdict->is_redirect = true;
        return;
    }
    verdict_set(verdict, OUTCOME_BAD_REDIRECT, false, "%d with %s Location", head->status,
        head->has_location ? "a much too long or an empty" : "no");
}

/* 204 and 205 have no body, and are pages without words. */
static void of_success(
    struct verdict *verdict, const struct response_head *head, const struct fetch_request *request)
{
    const bool is_page = request->kind == FETCH_PAGE;
    const uint64_t max = request->settings->max_body_bytes;

    if (head->bad_transfer[0] != '\0')
        verdict_set(verdict, OUTCOME_BAD_RESPONSE, false, "a transfer coding that was not asked for: %s",
            head->bad_transfer);
    else if (head->n_encodings > 1)
        verdict_set(verdict, OUTCOME_BAD_RESPONSE, false, "several encodings in one another");
    else if (head->bad_encoding[0] != '\0')
        verdict_set(verdict, OUTCOME_BAD_RESPONSE, false, "an encoding that was not asked for: %s",
            head->bad_encoding);
    else if (head->status == 206)
        verdict_set(
            verdict, OUTCOME_BAD_RESPONSE, false, "a part of the page (206), which was not asked for");
    else if (is_page && !content_type_is_counted(&head->type))
        verdict_set(verdict, OUTCOME_UNSUPPORTED_TYPE, false, "%s", head->type.essence);
    else if (is_page && head->content_length != UINT64_MAX && head->content_length > max)
        verdict_set(verdict, OUTCOME_TOO_LARGE, false, "%llu bytes, MaxBodySize= is %llu",
            (unsigned long long)head->content_length, (unsigned long long)max);
}

void verdict_of_head(
    struct verdict *verdict, const struct response_head *head, const struct fetch_request *request)
{
    const int status = head->status;

    if (status < 200 || status > 599)
        verdict_set(verdict, OUTCOME_BAD_RESPONSE, false, "%d is no status", status);
    else if (head->has_folded_framing)
        verdict_set(verdict, OUTCOME_BAD_RESPONSE, false,
            "its Content-Length or Transfer-Encoding goes over several lines");
    else if (!response_head_is_framed(head))
        verdict_set(verdict, OUTCOME_BAD_RESPONSE, false, "several Content-Length that differ");
    else if (status < 300)
        of_success(verdict, head, request);
    else if (is_redirect_status(status))
        of_redirect(verdict, head);
    else if (status == 304 && (request->if_none_match || request->if_modified_since))
        verdict_set(verdict, OUTCOME_NONE, false, "%s", "");
    else if (status == 304)
        verdict_set(verdict, OUTCOME_BAD_RESPONSE, false, "not modified (304), which was not asked for");
    else
        verdict_set(verdict, OUTCOME_HTTP_ERROR,
            status == 408 || status == 500 || status == 502 || status == 504, "status %d", status);
}

static void of_connect(struct verdict *verdict, const struct verdict_failure *failure)
{
    const char *peer = failure->peer;

    switch (failure->os_errno) {
    case ECONNREFUSED:
        verdict_set(verdict, OUTCOME_CONNECT_FAILED, true, "connection refused by %s", peer);
        return;
    case ENETUNREACH:
    case EHOSTUNREACH:
        verdict_set(verdict, OUTCOME_CONNECT_FAILED, true, "no route to %s", peer);
        return;
    case 0:
        verdict_set(verdict, OUTCOME_CONNECT_FAILED, true, "no connection to %s: %s", peer, failure->message);
        return;
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
    case EADDRNOTAVAIL:
        verdict_set(verdict, OUTCOME_INTERNAL_ERROR, true, "no socket for a connection: %s",
            strerrordesc_np(failure->os_errno));
        return;
    default:
        verdict_set(verdict, OUTCOME_CONNECT_FAILED, true, "no connection to %s: %s", peer,
            strerrordesc_np(failure->os_errno));
    }
}

/* Once connected, libcurl's own reason is the best there is. */
static void of_broken_body(struct verdict *verdict, const struct verdict_failure *failure)
{
    /* A proxy that makes no tunnel. */
    if (failure->is_proxied && failure->head->bytes == 0) {
        verdict_set(verdict, OUTCOME_CONNECT_FAILED, true, "the proxy: %s", failure->message);
        return;
    }
    /* The only receive errors that are the server's bad grammar and no lost connection. */
    if (failure->code == CURLE_RECV_ERROR && strstr(failure->message, "hunk"))
        verdict_set(verdict, OUTCOME_BAD_RESPONSE, false, "%s", failure->message);
    else if (failure->code == CURLE_RECV_ERROR && strstr(failure->message, "nghttp2"))
        verdict_set(verdict, OUTCOME_BAD_RESPONSE, false, "HTTP/2 with faults: %s",
            strrchr(failure->message, ':') ? strrchr(failure->message, ':') + 1 : failure->message);
    else if (failure->os_errno != 0)
        verdict_set(verdict, OUTCOME_TRUNCATED, true, "%s: %s",
            failure->head->status > 0 ? "the connection broke" : "the connection broke before the answer",
            strerrordesc_np(failure->os_errno));
    else
        verdict_set(verdict, OUTCOME_TRUNCATED, true, "%s", failure->message);
}

static bool is_of_tls(CURLcode code)
{
    switch (code) {
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CONNECT_ERROR:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CIPHER:
    case CURLE_SSL_ISSUER_ERROR:
    case CURLE_SSL_INVALIDCERTSTATUS:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_CRL_BADFILE:
    case CURLE_SSL_ENGINE_INITFAILED:
    case CURLE_SSL_ENGINE_NOTFOUND:
    case CURLE_SSL_ENGINE_SETFAILED:
    case CURLE_SSL_SHUTDOWN_FAILED:
    case CURLE_SSL_PINNEDPUBKEYNOTMATCH:
    case CURLE_SSL_CLIENTCERT:
    case CURLE_USE_SSL_FAILED:
        return true;
    default:
        return false;
    }
}

static void of_tls(struct verdict *verdict, const struct verdict_failure *failure)
{
    const bool may_pass = failure->code == CURLE_SSL_CONNECT_ERROR && failure->os_errno == ECONNRESET;
    const char *advice = "";

    if (failure->code == CURLE_SSL_CACERT_BADFILE)
        advice = "; is CAFile= right?";
    else if (strstr(failure->message, "self-signed") || strstr(failure->message, "self signed") ||
        strstr(failure->message, "issuer"))
        advice = "; CAFile= may name authorities to trust";
    verdict_set(verdict, OUTCOME_TLS_FAILED, may_pass, "%s%s", failure->message, advice);
}

/* Closed before the head was whole, which libcurl takes for an end like any other. */
static void of_early_end(struct verdict *verdict, const struct verdict_failure *failure)
{
    if (failure->head->status >= 100)
        verdict_set(verdict, OUTCOME_TRUNCATED, true, "the connection was closed within the headers");
    else
        verdict_set(verdict, OUTCOME_BAD_RESPONSE, false, "no valid status line");
}

static void of_memory(struct verdict *verdict, const struct verdict_failure *failure)
{
    const bool in_head = failure->head->bytes > 0 && !failure->head->is_complete;

    /* Also what libcurl says of a header line that is longer than it takes. */
    if (in_head || failure->is_connected)
        verdict_set(verdict, OUTCOME_BAD_RESPONSE, false, "a header line is too long");
    else
        verdict_set(verdict, OUTCOME_INTERNAL_ERROR, true, "out of memory");
}

void verdict_of_failure(struct verdict *verdict, const struct verdict_failure *failure)
{
    const char *message = failure->message;

    if (is_of_tls(failure->code)) {
        of_tls(verdict, failure);
        return;
    }
    switch (failure->code) {
    case CURLE_OK:
        of_early_end(verdict, failure);
        return;
    case CURLE_COULDNT_CONNECT:
        of_connect(verdict, failure);
        return;
    case CURLE_OPERATION_TIMEDOUT:
        verdict_set(verdict, OUTCOME_TIMEOUT, true, "no connection to %s in time", failure->peer);
        return;
    case CURLE_COULDNT_RESOLVE_PROXY:
    case CURLE_COULDNT_RESOLVE_HOST:
        verdict_set(verdict, OUTCOME_DNS_FAILED, true, "%s", message);
        return;
    case CURLE_PROXY:
        verdict_set(verdict, OUTCOME_CONNECT_FAILED, true, "%s", message);
        return;
    case CURLE_GOT_NOTHING:
        verdict_set(verdict, OUTCOME_TRUNCATED, true, "the server closed the connection without an answer");
        return;
    case CURLE_PARTIAL_FILE:
    case CURLE_RECV_ERROR:
    case CURLE_SEND_ERROR:
        of_broken_body(verdict, failure);
        return;
    case CURLE_HTTP2:
    case CURLE_HTTP2_STREAM:
        verdict_set(verdict, failure->head->is_complete ? OUTCOME_TRUNCATED : OUTCOME_BAD_RESPONSE, true,
            "%s", message);
        return;
    case CURLE_OUT_OF_MEMORY:
        of_memory(verdict, failure);
        return;
    case CURLE_URL_MALFORMAT:
    case CURLE_FAILED_INIT:
        verdict_set(verdict, OUTCOME_INTERNAL_ERROR, false, "%s", message);
        return;
    case CURLE_BAD_CONTENT_ENCODING:
        /* The header itself is never shown to us: there are too many in it. */
        verdict_set(verdict, OUTCOME_BAD_RESPONSE, false, "several transfer codings in one another");
        return;
    default:
        verdict_set(verdict, OUTCOME_BAD_RESPONSE, false, "%s", message);
    }
}
