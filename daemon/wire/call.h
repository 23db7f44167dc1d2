/* Calls and replies: from a message to typed structs. Encoding is in wire/encode.h. Thread: one at a time.
 *
 * Parsing is strict: one JSON object in valid UTF-8, nothing behind it, nested at most WIRE_MAX_NESTING deep,
 * no key twice, no control character in a string, no key beside those that Varlink names, each of its type.
 */
#pragma once

#include "base/cleanup.h"
#include "wire/shape.h"

struct wire_call;

/* Copies what it needs: the message need not outlive this call. 0, -EBADMSG if it is malformed, -ENOMEM. */
int wire_call_parse(const char *message, size_t size, struct wire_call **ret);
void wire_call_free(struct wire_call *call);
DEFINE_CLEANUP(struct wire_call *, wire_call_free)

const char *wire_call_method(const struct wire_call *call); /* "io.urlstat.Top" */
bool wire_call_more(const struct wire_call *call);
bool wire_call_oneway(const struct wire_call *call);
bool wire_call_upgrade(const struct wire_call *call);

/* Decodes the parameters into a new struct of that shape, which lives as long as the call. -EINVAL if one is
 * unknown, missing or of a wrong type: *ret_parameter names it then, as in "urls[3].line". -ENOMEM. */
int wire_call_decode(
    struct wire_call *call, const struct wire_shape *shape, const void **ret, const char **ret_parameter);

struct wire_reply;

/* As for calls. */
int wire_reply_parse(const char *message, size_t size, struct wire_reply **ret);
void wire_reply_free(struct wire_reply *reply);
DEFINE_CLEANUP(struct wire_reply *, wire_reply_free)

bool wire_reply_continues(const struct wire_reply *reply);
const char *wire_reply_error(const struct wire_reply *reply); /* "io.urlstat.NoSuchJob"; NULL if it is none */

/* Decodes the parameters, of a reply or an error; fields that the shape does not know are skipped, since
 * fields are only ever added, and a list that is missing is empty, since an older service does not know of
 * it. -EBADMSG if another one is missing or of a wrong type, -ENOMEM. The struct lives as
 * long as the reply. */
int wire_reply_decode(struct wire_reply *reply, const struct wire_shape *shape, const void **ret);

/* The reply's "message" parameter if it has a string of that name; else NULL. */
const char *wire_reply_message(const struct wire_reply *reply);

/* Likewise the "parameter" of an error: what InvalidParameter refuses. */
const char *wire_reply_parameter(const struct wire_reply *reply);
