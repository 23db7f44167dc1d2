/* A blocking Varlink client over one AF_UNIX connection. Calls may be sent ahead of reading their replies,
 * which come in the order of the calls; while a call is written, replies that arrive are taken in, so neither
 * side waits for the other. Thread: one.
 *
 * Every function that returns int gives 0 or negative errno:
 * - ENOENT: no socket at that path
 * - ECONNREFUSED: a socket, but nobody listens
 * - EACCES: the socket may not be opened: the caller is not in the group urlstat
 * - ETIMEDOUT: nothing moved within the timeout
 * - EINTR: the interrupt descriptor became readable
 * - ECONNRESET: the daemon closed the connection; told by client_receive() and client_wait_for_input() alone,
 *   as it may have said why
 * - EPROTO: what came is no reply that we understand
 * - EMSGSIZE: the call would be longer than WIRE_MAX_FRAME; nothing was sent
 * After an error other than EMSGSIZE, ETIMEDOUT and EINTR only client_free() makes sense. */
#pragma once

#include "base/cleanup.h"
#include "wire/call.h"
#include "wire/encode.h"
#include "wire/verbs.h"

struct client;

/* Timeout: none. Interrupt: none. */
int client_connect(const char *path, struct client **ret);
/* Takes over a connected stream socket, also on failure. */
int client_new_from_fd(int fd, struct client **ret);
void client_free(struct client *client);
DEFINE_CLEANUP(struct client *, client_free)

/* How long one client_send() or client_receive() may take without a byte moving; USEC_NEVER for no limit. */
void client_set_timeout(struct client *client, uint64_t timeout_usec);
/* A descriptor (signalfd, pipe) that ends every wait once it is readable; it is not read. -1 for none.
 * Borrowed. */
void client_set_interrupt(struct client *client, int fd);

/* Sends a call; `in` may be NULL if the method takes nothing. */
int client_send(struct client *client, enum wire_verb verb, enum wire_call_flags flags, const void *in);
/* The same for any interface. */
int client_send_method(struct client *client, const char *method, enum wire_call_flags flags,
    const struct wire_shape *shape, const void *in);

/* Calls that were sent and whose last reply was not yet received. */
size_t client_pending(const struct client *client);

/* The next reply, which may be an error reply. The last one of its call unless wire_reply_continues(). */
int client_receive(struct client *client, struct wire_reply **ret);

/* Waits, for as long as it takes, until `fd` can be read. Returns 0; 1 if a reply comes first, for
 * client_receive(); -ECONNRESET if the daemon goes away first; or as above. */
int client_wait_for_input(struct client *client, int fd);

/* The reply's parameters as the verb's out struct. -EPROTO if they do not have its shape, or it is an error.
 */
int client_decode(enum wire_verb verb, struct wire_reply *reply, const void **ret);
