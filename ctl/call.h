/* Calls of the daemon, with what goes wrong said to the user. Thread: main. */
#pragma once

#include "ctl/client.h"
#include "ctl/verb.h"

/* Connects once. Returns 0, or an exit status with the reason said. */
int context_client(struct context *context, struct client **ret);

/* Negative errno of a client_...() as an exit status, with the reason said. */
int call_failed(const struct context *context, int r);
/* The same, with what is known of that which was asked: "; nothing was queued". */
int call_failed_knowing(const struct context *context, int r, const char *known);

/* 0 if the reply is no error; else EXIT_REFUSED with the reason said. */
int call_check(const struct context *context, struct wire_reply *reply);

/* One call with one reply. On 0, *ret is the verb's out struct, and lives as long as *ret_reply, which the
 * caller frees. Else an exit status with the reason said. */
int call_once(struct context *context, enum wire_verb verb, const void *in, struct wire_reply **ret_reply,
    const void **ret);

/* One call with `more`. `part` gets each reply; what it returns, if not 0, ends the call and is handed up: an
 * exit status, or negative errno. */
typedef int (*call_part)(void *userdata, const void *out, bool last);
int call_stream(struct context *context, enum wire_verb verb, const void *in, call_part part, void *userdata);

/* call_stream() into render_part(), after render_begin(). */
int call_render(struct context *context, enum wire_verb verb, const void *in);

/* Whether each operand is a JOB. 0, or EXIT_USAGE with the reason said. */
int call_check_jobs(const struct context *context, int argc, char **argv);
