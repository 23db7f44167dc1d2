#include "server/connection.h"

#include "base/log.h"
#include "server/server_private.h"
#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

DEFINE_CLEANUP(struct connection *, connection_free)

static int on_io(sd_event_source *source, int fd, uint32_t events, void *userdata);
static int on_wake(sd_event_source *source, void *userdata);
static int on_timer(sd_event_source *source, uint64_t usec, void *userdata);

static int add_sources(struct connection *connection)
{
    sd_event *event = connection->server->event;
    int r = sd_event_add_io(event, &connection->io, connection->fd, EPOLLIN, on_io, connection);

    if (r >= 0)
        r = sd_event_add_defer(event, &connection->wake, on_wake, connection);
    if (r >= 0)
        r = sd_event_source_set_enabled(connection->wake, SD_EVENT_OFF);
    if (r >= 0)
        r = sd_event_add_time(event, &connection->timer, CLOCK_MONOTONIC, 0, 0, on_timer, connection);
    if (r >= 0)
        r = sd_event_source_set_enabled(connection->timer, SD_EVENT_OFF);
    return r < 0 ? r : 0;
}

int connection_new(struct server *server, int fd_, const struct peer *peer)
{
    CLEANUP(closep) int fd = fd_;
    CLEANUP(connection_freep) struct connection *connection = calloc(1, sizeof(*connection));
    int r;

    if (!connection)
        return -ENOMEM;
    connection->server = server;
    connection->fd = take_fd(&fd);
    connection->peer = *peer;
    list_append(&server->connections, &connection->link);
    server->n_connections++;
    r = add_sources(connection);
    if (r < 0)
        return r;
    TAKE(connection);
    return 0;
}

static void cancel_call(struct connection *connection)
{
    struct call *call = connection->call;

    if (!call)
        return;
    if (call->cancel)
        call->cancel(call);
    connection->call = NULL;
    call_free(call);
}

static void release_session(struct connection *connection)
{
    if (connection->release)
        connection->release(TAKE(connection->session));
    connection->release = NULL;
}

void connection_free(struct connection *connection)
{
    if (!connection)
        return;
    cancel_call(connection);
    release_session(connection);
    sd_event_source_disable_unref(connection->io);
    sd_event_source_disable_unref(connection->wake);
    sd_event_source_disable_unref(connection->timer);
    close(connection->fd);
    wire_frames_deinit(&connection->frames);
    buffer_deinit(&connection->output);
    list_remove(&connection->link);
    connection->server->n_connections--;
    free(connection);
}

void connection_wake(struct connection *connection)
{
    if (sd_event_source_set_enabled(connection->wake, SD_EVENT_ONESHOT) < 0)
        connection->dead = true;
}

static size_t unsent(const struct connection *connection)
{
    return connection->output.size - connection->sent;
}

bool connection_has_room(const struct connection *connection)
{
    return unsent(connection) < CONNECTION_OUTPUT_ROOM;
}

bool connection_is_busy(const struct connection *connection)
{
    return connection->call || connection->session || unsent(connection) > 0;
}

static void read_input(struct connection *connection)
{
    size_t size;
    void *room;
    ssize_t n;

    if (wire_frames_room(&connection->frames, &room, &size) < 0) {
        connection->dead = true;
        return;
    }
    n = recv(connection->fd, room, size, 0);
    if (n > 0)
        wire_frames_filled(&connection->frames, (size_t)n);
    else if (n == 0)
        connection->input_ended = true;
    else if (errno != EAGAIN && errno != EINTR)
        connection->dead = true;
}

/* A stream whose client is always a little behind would grow without end. */
static void drop_sent(struct connection *connection)
{
    if (connection->sent < CONNECTION_OUTPUT_ROOM)
        return;
    buffer_consume(&connection->output, connection->sent);
    connection->sent = 0;
}

static void write_output(struct connection *connection)
{
    while (unsent(connection) > 0 && !connection->dead) {
        ssize_t n = send(
            connection->fd, connection->output.bytes + connection->sent, unsent(connection), MSG_NOSIGNAL);

        if (n < 0 && errno == EAGAIN) {
            drop_sent(connection);
            return;
        }
        if (n < 0 && errno != EINTR)
            connection->dead = true;
        if (n > 0)
            connection->sent += (size_t)n;
    }
    /* Memory of a long reply is not kept for a client that is idle. */
    buffer_deinit(&connection->output);
    connection->sent = 0;
}

static void malformed(struct connection *connection, int r)
{
    if (r == -ENOMEM)
        log_warning("Out of memory while reading a call: closing the connection of uid %u, pid %d",
            (unsigned)connection->peer.uid, (int)connection->peer.pid);
    else
        log_info("Closing the connection of uid %u, pid %d: %s", (unsigned)connection->peer.uid,
            (int)connection->peer.pid, r == -EMSGSIZE ? "a message is too long" : "a message is malformed");
    connection->dead = true;
}

/* Whether the next message may be taken from the input. */
static bool takes_calls(const struct connection *connection)
{
    return !connection->call && !connection->closing && !connection->dead && connection_has_room(connection);
}

/* 1 if a message was handled. */
static int handle_message(struct connection *connection)
{
    const char *message;
    size_t size;
    int r = wire_frames_next(&connection->frames, &message, &size);

    if (r > 0) {
        connection->timed = false;
        r = connection_dispatch(connection, message, size);
        if (r == 0)
            return 1;
    }
    if (r < 0)
        malformed(connection, r);
    return 0;
}

static void handle_messages(struct connection *connection)
{
    int handled = 1;

    for (int i = 0; i < CONNECTION_CALLS_PER_TURN && handled && takes_calls(connection); i++)
        handled = handle_message(connection);
    if (handled && takes_calls(connection))
        connection_wake(connection);
    else if (!handled && connection->input_ended)
        connection->closing = true;
}

static void drain_call(struct connection *connection)
{
    struct call *call = connection->call;
    void (*drain)(struct call *);

    if (!call || !call->drain || !connection_has_room(connection))
        return;
    drain = call->drain;
    call->drain = NULL;
    drain(call);
}

static int watch_timer(struct connection *connection)
{
    bool incomplete = takes_calls(connection) && wire_frames_partial(&connection->frames);
    int r = 0;

    if (!incomplete) {
        connection->timed = false;
        return sd_event_source_set_enabled(connection->timer, SD_EVENT_OFF);
    }
    if (connection->timed)
        return 0;
    r = sd_event_source_set_time_relative(
        connection->timer, connection->server->settings.message_timeout_usec);
    if (r >= 0)
        r = sd_event_source_set_enabled(connection->timer, SD_EVENT_ONESHOT);
    connection->timed = r >= 0;
    return r;
}

/* What is not polled for does not wake us; a hang-up is always told, so a client that is gone and whose
 * oneway call still runs is not polled at all. */
static int watch_io(struct connection *connection)
{
    bool reads = takes_calls(connection) && !connection->input_ended;
    bool writes = unsent(connection) > 0;
    bool polls = !connection->hung_up || reads || writes;
    int r = sd_event_source_set_io_events(connection->io, (reads ? EPOLLIN : 0U) | (writes ? EPOLLOUT : 0U));

    return r < 0 ? r : sd_event_source_set_enabled(connection->io, polls ? SD_EVENT_ON : SD_EVENT_OFF);
}

/* Brings everything forward as far as it goes, and may free the connection. */
static void connection_run(struct connection *connection)
{
    write_output(connection);
    drain_call(connection);
    handle_messages(connection);
    write_output(connection);
    if (connection->closing && !connection->call && unsent(connection) == 0)
        connection->dead = true;
    if (!connection->dead && (watch_io(connection) < 0 || watch_timer(connection) < 0))
        connection->dead = true;
    if (connection->dead)
        connection_free(connection);
    else if (connection->call && connection->call->drain && connection_has_room(connection))
        connection_wake(connection);
}

static int on_wake(sd_event_source *source, void *userdata)
{
    connection_run(userdata);
    return 0;
}

/* A client that is gone gets no reply any more: what it waited for ends. A oneway call goes on. */
static void hang_up(struct connection *connection)
{
    connection->hung_up = true;
    if (connection->call && !connection->call->oneway)
        connection->dead = true;
}

static int on_io(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
    struct connection *connection = userdata;

    if (events & (EPOLLHUP | EPOLLERR))
        hang_up(connection);
    if (events & EPOLLIN)
        read_input(connection);
    connection_run(connection);
    return 0;
}

static int on_timer(sd_event_source *source, uint64_t usec, void *userdata)
{
    struct connection *connection = userdata;

    log_info("Closing the connection of uid %u, pid %d: a message was begun and not finished within %" PRIu64
             " s",
        (unsigned)connection->peer.uid, (int)connection->peer.pid,
        connection->server->settings.message_timeout_usec / 1000000);
    connection_free(connection);
    return 0;
}

void connection_drain(struct connection *connection)
{
    connection->closing = true;
    if (connection->call && connection->call->endless)
        cancel_call(connection);
    if (!connection->call)
        release_session(connection);
    connection_wake(connection);
}
