/* Daemons that are older than this client. A parameter that asks for more than the answer needs is left out
 * for a daemon that does not know it; one that the user asked for is not: the answer would be another one.
 * Thread: main. */
#pragma once

#include "wire/call.h"
#include "wire/verbs.h"
#include <stdbool.h>

/* Whether the reply refuses such a parameter: then *in becomes a copy of the verb's in struct without it,
 * which is *ret_copy, the caller's to free, and the call is worth another try. Returns 0, 1 to try again, or
 * -ENOMEM. *ret_copy is NULL or from an earlier time. */
int older_leave_out(enum wire_verb verb, const struct wire_reply *reply, const void **in, void **ret_copy);

/* The parameter that the reply refuses; NULL if it refuses none. Lives as long as the reply. */
const char *older_refused(const struct wire_reply *reply);
