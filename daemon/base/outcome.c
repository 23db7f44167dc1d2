#include "base/outcome.h"

#include <errno.h>
#include <string.h>

static const char *const outcome_names[OUTCOME_MAX + 1] = {
    [OUTCOME_COUNTED] = "counted",
    [OUTCOME_NOT_MODIFIED] = "not_modified",
    [OUTCOME_FRESH] = "fresh",
    [OUTCOME_ROBOTS_DISALLOWED] = "robots_disallowed",
    [OUTCOME_BLOCKED_ADDRESS] = "blocked_address",
    [OUTCOME_DENIED_HOST] = "denied_host",
    [OUTCOME_UNSUPPORTED_TYPE] = "unsupported_type",
    [OUTCOME_HTTP_ERROR] = "http_error",
    [OUTCOME_DNS_FAILED] = "dns_failed",
    [OUTCOME_CONNECT_FAILED] = "connect_failed",
    [OUTCOME_TLS_FAILED] = "tls_failed",
    [OUTCOME_TIMEOUT] = "timeout",
    [OUTCOME_TOO_LARGE] = "too_large",
    [OUTCOME_TRUNCATED] = "truncated",
    [OUTCOME_BAD_RESPONSE] = "bad_response",
    [OUTCOME_REDIRECT_LIMIT] = "redirect_limit",
    [OUTCOME_BAD_REDIRECT] = "bad_redirect",
    [OUTCOME_ROBOTS_UNREACHABLE] = "robots_unreachable",
    [OUTCOME_HOST_FAILED] = "host_failed",
    [OUTCOME_EXPIRED] = "expired",
    [OUTCOME_INTERNAL_ERROR] = "internal_error",
    [OUTCOME_CANCELLED] = "cancelled",
};

const enum outcome outcomes[] = {
    OUTCOME_COUNTED,
    OUTCOME_NOT_MODIFIED,
    OUTCOME_FRESH,
    OUTCOME_ROBOTS_DISALLOWED,
    OUTCOME_BLOCKED_ADDRESS,
    OUTCOME_DENIED_HOST,
    OUTCOME_UNSUPPORTED_TYPE,
    OUTCOME_HTTP_ERROR,
    OUTCOME_DNS_FAILED,
    OUTCOME_CONNECT_FAILED,
    OUTCOME_TLS_FAILED,
    OUTCOME_TIMEOUT,
    OUTCOME_TOO_LARGE,
    OUTCOME_TRUNCATED,
    OUTCOME_BAD_RESPONSE,
    OUTCOME_REDIRECT_LIMIT,
    OUTCOME_BAD_REDIRECT,
    OUTCOME_ROBOTS_UNREACHABLE,
    OUTCOME_HOST_FAILED,
    OUTCOME_EXPIRED,
    OUTCOME_INTERNAL_ERROR,
    OUTCOME_CANCELLED,
    OUTCOME_NONE,
};

static const char *const state_names[N_URL_STATES] = {
    [URL_QUEUED] = "queued",
    [URL_ACTIVE] = "active",
    [URL_COUNTED] = "counted",
    [URL_SKIPPED] = "skipped",
    [URL_FAILED] = "failed",
    [URL_CANCELLED] = "cancelled",
};

const char *outcome_to_string(enum outcome outcome)
{
    return (unsigned)outcome <= OUTCOME_MAX ? outcome_names[outcome] : NULL;
}

static bool same_name(const char *typed, const char *name)
{
    for (; *typed && *name; typed++, name++)
        if ((*typed == '-' ? '_' : *typed) != *name)
            return false;
    return *typed == *name;
}

int outcome_from_string(const char *name, enum outcome *ret)
{
    for (size_t i = 0; outcomes[i] != OUTCOME_NONE; i++)
        if (same_name(name, outcome_names[outcomes[i]])) {
            *ret = outcomes[i];
            return 0;
        }
    return -EINVAL;
}

enum url_state outcome_state(enum outcome outcome)
{
    if (outcome >= OUTCOME_CANCELLED)
        return URL_CANCELLED;
    if (outcome >= OUTCOME_HTTP_ERROR)
        return URL_FAILED;
    if (outcome >= OUTCOME_ROBOTS_DISALLOWED)
        return URL_SKIPPED;
    return outcome == OUTCOME_NONE ? URL_QUEUED : URL_COUNTED;
}

const char *url_state_to_string(enum url_state state)
{
    return state_names[state];
}

int url_state_from_string(const char *name, enum url_state *ret)
{
    for (int i = 0; i < N_URL_STATES; i++)
        if (strcmp(name, state_names[i]) == 0) {
            *ret = (enum url_state)i;
            return 0;
        }
    return -EINVAL;
}
