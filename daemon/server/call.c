#include "server/call.h"

#include "base/log.h"
#include "server/connection.h"
#include "wire/encode.h"
#include <assert.h>
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void call_free(struct call *call)
{
    if (!call)
        return;
    wire_call_free(call->message);
    free(call);
}

const struct peer *call_peer(const struct call *call)
{
    return &call->connection->peer;
}

const void *call_in(const struct call *call)
{
    return call->in;
}

bool call_more(const struct call *call)
{
    return call->more;
}

void *call_context(const struct call *call)
{
    return call->context;
}

void call_set_data(struct call *call, void *data)
{
    call->data = data;
}

void *call_data(const struct call *call)
{
    return call->data;
}

static void end(struct call *call)
{
    struct connection *connection = call->connection;

    assert(connection->call == call);
    connection->call = NULL;
    call_free(call);
    connection_wake(connection);
}

/* Replies that cannot be sent, for lack of memory, would leave the client waiting. */
static void end_encoded(struct call *call, int r)
{
    if (r < 0) {
        log_warning("Cannot reply to uid %u, closing its connection: %s",
            (unsigned)call->connection->peer.uid, strerror(-r));
        call->connection->dead = true;
    }
    end(call);
}

static int encode_error(
    struct call *call, enum wire_error error, const struct wire_error_parameters *parameters)
{
    return call->oneway ? 0 : wire_encode_error(&call->connection->output, error, parameters);
}

void call_error(struct call *call, enum wire_error error, const struct wire_error_parameters *parameters)
{
    end_encoded(call, encode_error(call, error, parameters));
}

void call_reply(struct call *call, const void *out)
{
    int r = call->oneway ? 0 : wire_encode_reply(&call->connection->output, call->method->out, out, false);

    if (r == -EMSGSIZE)
        r = encode_error(call, WIRE_LIMIT_REACHED,
            &(struct wire_error_parameters){
                .limit = "WIRE_MAX_FRAME", .message = "the reply is longer than one message may be"});
    end_encoded(call, r);
}

void call_refuse(struct call *call, enum wire_error error, const char *format, ...)
{
    va_list arguments;
    char *message;
    int length;

    va_start(arguments, format);
    length = vasprintf(&message, format, arguments);
    va_end(arguments);
    if (length < 0) {
        end_encoded(call, -ENOMEM);
        return;
    }
    call_error(call, error, &(struct wire_error_parameters){.message = message});
    free(message);
}

void call_fail(struct call *call, int r)
{
    switch (-r) {
    case ENOSPC:
    case EDQUOT:
        call_refuse(call, WIRE_STORE_FULL,
            "the store is full: it has no room, or less than MinFreeSpace=: have other files on its disk "
            "removed or the disk enlarged; it goes on by itself then");
        return;
    case EROFS:
        call_refuse(call, WIRE_STORE_FAILED,
            "the store cannot be written: %s: look at its disk (journalctl -k); it goes on by itself "
            "once the disk can be written",
            strerror(-r));
        return;
    case ESTALE:
        call_refuse(call, WIRE_STORE_FAILED,
            "the jobs are of an earlier version and not migrated yet, as their disk is full or cannot be "
            "written: mend that, see urlstatctl status; it goes on by itself then");
        return;
    case EUCLEAN:
        call_refuse(call, WIRE_STORE_FAILED,
            "the file of the jobs is damaged, and this cannot be read of it: look at its disk "
            "(journalctl -k) and at urlstatctl status; once the disk can be written, the file is set "
            "aside by itself");
        return;
    case EOVERFLOW:
        call_refuse(call, WIRE_STORE_FULL,
            "the store has reached MaxSize=: remove jobs that are no longer needed, or have it raised");
        return;
    case ENOENT:
        call_error(call, WIRE_NO_SUCH_JOB,
            &(struct wire_error_parameters){.message = "the job is gone: it was removed"});
        return;
    default:
        log_warning("A call of uid %u failed: %s", (unsigned)call->connection->peer.uid, strerror(-r));
        call_refuse(call, WIRE_STORE_FAILED, "the daemon could not do it: %s", strerror(-r));
        return;
    }
}

void call_foreign_error(
    struct call *call, const char *name, const struct wire_shape *shape, const void *parameters)
{
    int r = call->oneway ? 0 : wire_encode_foreign_error(&call->connection->output, name, shape, parameters);

    end_encoded(call, r);
}

int call_continue(struct call *call, const void *out)
{
    int r;

    assert(call->more);
    r = wire_encode_reply(&call->connection->output, call->method->out, out, true);
    if (r == 0)
        connection_wake(call->connection);
    return r;
}

int call_continue_encoded(struct call *call, const struct buffer *message)
{
    int r = buffer_append(&call->connection->output, message->bytes, message->size);

    assert(call->more);
    if (r == 0)
        connection_wake(call->connection);
    return r;
}

bool call_has_room(const struct call *call)
{
    return connection_has_room(call->connection);
}

void call_set_drain(struct call *call, void (*drain)(struct call *call))
{
    call->drain = drain;
    connection_wake(call->connection);
}

void call_set_cancel(struct call *call, void (*cancel)(struct call *call))
{
    call->cancel = cancel;
}

void *call_session(const struct call *call)
{
    return call->connection->session;
}

void call_set_session(struct call *call, void *session, void (*release)(void *session))
{
    struct connection *connection = call->connection;

    if (connection->release)
        connection->release(connection->session);
    connection->session = session;
    connection->release = release;
}

void *call_take_session(struct call *call)
{
    struct connection *connection = call->connection;

    connection->release = NULL;
    return TAKE(connection->session);
}
