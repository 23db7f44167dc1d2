/* How long politeness makes a job last, in words. Thread: any. */
#pragma once

#include "base/array.h"
#include "wire/submit.h"

/* Appends "slowest host example.org: 1 page a second, 1 h 40 min left" and a NUL; nothing if it is not worth
 * a line. Returns 0 or -ENOMEM. */
int estimate_format(struct buffer *buffer, const struct wire_slowest_host *slowest);
