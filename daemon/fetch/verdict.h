/* How a transfer ends, from what its response head says or from how libcurl failed. Pure but for errno texts.
 * Thread: any. */
#pragma once

#include "base/outcome.h"
#include "fetch/fetcher.h"
#include "fetch/response_head.h"
#include <curl/curl.h>

#define VERDICT_DETAIL_SIZE 320

struct verdict {
    enum outcome outcome;
    bool is_final; /* whatever happens to the rest of the body */
    bool is_redirect;
    bool may_pass;
    char detail[VERDICT_DETAIL_SIZE];
};

void verdict_set(struct verdict *verdict, enum outcome outcome, bool may_pass, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* A complete head. Stays not final if the body is to be read. */
void verdict_of_head(
    struct verdict *verdict, const struct response_head *head, const struct fetch_request *request);

/* A transfer that libcurl ended before there was a final verdict. */
struct verdict_failure {
    CURLcode code;
    int os_errno;
    const char *message; /* libcurl's */
    const char *peer;    /* address: "192.0.2.1"; "" if none */
    bool is_connected;
    bool is_proxied;
    const struct response_head *head;
};
void verdict_of_failure(struct verdict *verdict, const struct verdict_failure *failure);
