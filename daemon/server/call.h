/* One call, as a verb's handler sees it: typed parameters in, typed replies out. Owner: the connection; the
 * handler borrows it until it ends it, and anything that call_in() gave with it. The calls of a connection
 * are handled one after the other. Thread: main.
 *
 * A handler never has to check whether the client is still there: if the connection goes, the function of
 * call_set_cancel() is called from the event loop (never from within a function of this header), and the call
 * is gone when it returns. A handler that answers later must set one. */
#pragma once

#include "base/array.h"
#include "wire/error.h"
#include "wire/shape.h"
#include <stdbool.h>
#include <sys/types.h>

struct call;

struct peer {
    uid_t uid;
    gid_t gid;
    pid_t pid; /* 0 if it is not of our PID namespace */
};

const struct peer *call_peer(const struct call *call);
const void *call_in(const struct call *call);
/* Several replies are welcome. */
bool call_more(const struct call *call);
/* What server_add_interface() was given for the call's interface. */
void *call_context(const struct call *call);

/* The handler's own state. Not freed with the call. */
void call_set_data(struct call *call, void *data);
void *call_data(const struct call *call);

/* These three end the call. A oneway call sends nothing. A reply that does not fit a frame becomes
 * LimitReached. */
void call_reply(struct call *call, const void *out);
void call_error(struct call *call, enum wire_error error, const struct wire_error_parameters *parameters);
/* The machine failed: a negative errno as the error that fits it, StoreFull, StoreFailed or NoSuchJob. */
void call_fail(struct call *call, int r);

/* call_error() with a message alone, made as printf() does. */
void call_refuse(struct call *call, enum wire_error error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* An error of an interface that is not in wire_errors. Ends the call. */
void call_foreign_error(
    struct call *call, const char *name, const struct wire_shape *shape, const void *parameters);

/* One reply of several; only if call_more(), and more than once only while call_has_room(). Returns 0;
 * -EMSGSIZE: it does not fit a frame, and nothing was sent; -ENOMEM: the same. */
int call_continue(struct call *call, const void *out);

/* The same for a reply that was made earlier, by wire_encode_reply() with `continues`. 0 or -ENOMEM. */
int call_continue_encoded(struct call *call, const struct buffer *message);

/* Whether the client has read enough of what was sent. If not, a stream pauses until its drain function is
 * called. */
bool call_has_room(const struct call *call);
/* Called once, from the event loop, when there is room (again). */
void call_set_drain(struct call *call, void (*drain)(struct call *call));

/* Called from the event loop when the connection is gone: drop what the call waits for and free its data. */
void call_set_cancel(struct call *call, void (*cancel)(struct call *call));

/* Something that lives as long as the connection, one a connection: an open submission. `release` is called
 * on it when the connection ends, or when another session (or NULL) takes its place. */
void *call_session(const struct call *call);
void call_set_session(struct call *call, void *session, void (*release)(void *session));
/* Takes it out of the connection without releasing it. */
void *call_take_session(struct call *call);
