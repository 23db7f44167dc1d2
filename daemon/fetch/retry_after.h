/* How long a server asks to be left alone. Pure. Thread: any. */
#pragma once

#include <stdint.h>

/* Retry-After (RFC 9110 10.2.3): seconds, or a date against `now_sec` of realtime. Of several, which a list
 * of equal headers is, the longest. 0 for neither, and for a date that has passed. */
uint64_t retry_after_usec(const char *value, int64_t now_sec);
