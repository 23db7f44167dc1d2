/* One client: its bytes in, its calls one after the other, its bytes out. Private to server/. Thread: main.
 *
 * Whatever happens, the connection is changed in one place, from the event loop: see connection_run().
 * Functions that handlers call only leave a mark and wake it, so no handler sees its call vanish under its
 * feet. */
#pragma once

#include "base/array.h"
#include "base/list.h"
#include "server/call.h"
#include "server/server.h"
#include "wire/call.h"
#include "wire/frame.h"

/* Output beyond which streams pause and no further call is taken. */
#define CONNECTION_OUTPUT_ROOM (256U << 10)
/* Calls that are handled before other connections have their turn. */
#define CONNECTION_CALLS_PER_TURN 32

struct connection {
    struct list link; /* in server->connections */
    struct server *server;
    int fd;
    struct peer peer;

    sd_event_source *io;
    sd_event_source *wake;
    sd_event_source *timer; /* armed while a message is incomplete */
    bool timed;

    struct wire_frames frames;
    struct buffer output;
    size_t sent; /* of output */

    struct call *call; /* under way */
    void *session;
    void (*release)(void *session);

    bool input_ended; /* the client has shut down its side */
    bool hung_up;     /* it reads no more either */
    bool closing;     /* takes no more calls, and ends once its output was read */
    bool dead;        /* ends at once */
};

struct call {
    struct connection *connection;
    struct wire_call *message;
    const struct wire_method *method; /* NULL until it is found */
    void *context;
    const void *in;
    bool more;
    bool oneway;
    bool endless;
    void *data;
    void (*drain)(struct call *call);
    void (*cancel)(struct call *call);
};

/* Takes over the connected socket, also on failure. Returns 0 or negative errno. */
int connection_new(struct server *server, int fd, const struct peer *peer);
/* Cancels its call, releases its session, leaves the server's list. */
void connection_free(struct connection *connection);

/* Has connection_run() called from the event loop. */
void connection_wake(struct connection *connection);

/* Takes no more calls; an endless one is cancelled. Not from within a handler. */
void connection_drain(struct connection *connection);

bool connection_has_room(const struct connection *connection);
bool connection_is_busy(const struct connection *connection);

/* dispatch.c: from a message to a running call. -EBADMSG if it is malformed, -ENOMEM. */
int connection_dispatch(struct connection *connection, const char *message, size_t size);

/* call.c */
void call_free(struct call *call);
DEFINE_CLEANUP(struct call *, call_free)
