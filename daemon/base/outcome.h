/* The one vocabulary that every folder shares: how a URL's fetch ended, and the state that puts it in.
 * Values are stored and never reused; new ones are added at the end of their block. Thread: any. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

enum url_state {
    URL_QUEUED,
    URL_ACTIVE,
    URL_COUNTED,
    URL_SKIPPED,
    URL_FAILED,
    URL_CANCELLED,
};
#define N_URL_STATES 6

enum outcome {
    OUTCOME_NONE = 0, /* not ended yet */

    OUTCOME_COUNTED = 1,
    OUTCOME_NOT_MODIFIED = 2,
    OUTCOME_FRESH = 3,

    OUTCOME_ROBOTS_DISALLOWED = 20,
    OUTCOME_BLOCKED_ADDRESS = 21,
    OUTCOME_DENIED_HOST = 22,
    OUTCOME_UNSUPPORTED_TYPE = 23,

    OUTCOME_HTTP_ERROR = 40,
    OUTCOME_DNS_FAILED = 41,
    OUTCOME_CONNECT_FAILED = 42,
    OUTCOME_TLS_FAILED = 43,
    OUTCOME_TIMEOUT = 44,
    OUTCOME_TOO_LARGE = 45,
    OUTCOME_TRUNCATED = 46,
    OUTCOME_BAD_RESPONSE = 47,
    OUTCOME_REDIRECT_LIMIT = 48,
    OUTCOME_BAD_REDIRECT = 49,
    OUTCOME_ROBOTS_UNREACHABLE = 50,
    OUTCOME_HOST_FAILED = 51,
    OUTCOME_EXPIRED = 52,
    OUTCOME_INTERNAL_ERROR = 53,

    OUTCOME_CANCELLED = 80,
};
#define OUTCOME_MAX 80

/* "http_error"; NULL for a number that is no outcome, and for OUTCOME_NONE. */
const char *outcome_to_string(enum outcome outcome);

/* Takes underscores or hyphens. Returns 0 or -EINVAL. */
int outcome_from_string(const char *name, enum outcome *ret);

/* URL_COUNTED to URL_CANCELLED; URL_QUEUED for OUTCOME_NONE. */
enum url_state outcome_state(enum outcome outcome);

const char *url_state_to_string(enum url_state state);
int url_state_from_string(const char *name, enum url_state *ret);

/* Every outcome in the order above, for tables; ends with OUTCOME_NONE. */
extern const enum outcome outcomes[];
