#include "server/server.h"

#include "base/array.h"
#include "base/log.h"
#include "server/connection.h"
#include "server/server_private.h"
#include "server/varlink_service.h"
#include "wire/encode.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>

/* Connections that are taken before others have their turn. */
#define ACCEPTS_PER_TURN 16
/* Kept for root beyond max_connections. */
#define SPARE_FOR_ROOT 8
/* Descriptors or memory ran out: the listening sockets are left alone for so long. */
#define RETRY_USEC (1 * UINT64_C(1000000))

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata);

int server_new(sd_event *event, const struct server_settings *settings, struct server **ret)
{
    CLEANUP(server_freep) struct server *server = calloc(1, sizeof(*server));
    int r;

    if (!server)
        return -ENOMEM;
    list_init(&server->connections);
    server->event = sd_event_ref(event);
    server->settings = *settings;
    r = sd_event_add_time(event, &server->retry, CLOCK_MONOTONIC, 0, 0, on_retry, server);
    if (r >= 0)
        r = sd_event_source_set_enabled(server->retry, SD_EVENT_OFF);
    if (r >= 0)
        r = server_add_interface(server, &varlink_service, server);
    if (r < 0)
        return r;
    *ret = TAKE(server);
    return 0;
}

void server_free(struct server *server)
{
    if (!server)
        return;
    LIST_FOR_EACH (link, &server->connections) {
        connection_free(CONTAINER_OF(link, struct connection, link));
    }
    for (size_t i = 0; i < server->n_listening; i++)
        sd_event_source_disable_unref(server->listening[i]);
    sd_event_source_disable_unref(server->retry);
    sd_event_unref(server->event);
    free(server->listening);
    free(server->interfaces);
    free(server);
}

int server_add_interface(struct server *server, const struct interface *interface, void *context)
{
    int r = array_reserve_one(
        &server->interfaces, server->n_interfaces, &server->interfaces_capacity, sizeof(*server->interfaces));

    if (r < 0)
        return r;
    server->interfaces[server->n_interfaces++] =
        (struct registered){.interface = interface, .context = context};
    return 0;
}

const struct registered *server_find_interface(
    const struct server *server, const char *name, size_t name_length)
{
    for (size_t i = 0; i < server->n_interfaces; i++) {
        const char *candidate = server->interfaces[i].interface->name;

        if (strlen(candidate) == name_length && memcmp(candidate, name, name_length) == 0)
            return &server->interfaces[i];
    }
    return NULL;
}

void server_set_limits(struct server *server, uint32_t max_connections, uint32_t max_connections_per_user)
{
    server->settings.max_connections = max_connections;
    server->settings.max_connections_per_user = max_connections_per_user;
}

static uint32_t count_of_user(const struct server *server, uid_t uid)
{
    uint32_t n = 0;

    LIST_FOR_EACH (link, &server->connections) {
        n += CONTAINER_OF(link, struct connection, link)->peer.uid == uid;
    }
    return n;
}

/* The limit that one more connection of this user would break; NULL if none. */
static const char *broken_limit(const struct server *server, uid_t uid)
{
    uint32_t spare = uid == 0 ? SPARE_FOR_ROOT : 0;

    if (server->n_connections >= server->settings.max_connections + spare)
        return "MaxConnections";
    if (uid != 0 && count_of_user(server, uid) >= server->settings.max_connections_per_user)
        return "connections of one user";
    return NULL;
}

/* The answer to whatever it is going to ask; it need not be read. */
static void turn_away(int fd, const struct peer *peer, const char *limit)
{
    const struct wire_error_parameters parameters = {
        .limit = limit, .message = "too many connections to urlstatd; close some, or try again later"};
    struct buffer message = {0};

    log_info("Turned away uid %u, pid %d: limit reached: %s", (unsigned)peer->uid, (int)peer->pid, limit);
    if (wire_encode_error(&message, WIRE_LIMIT_REACHED, &parameters) == 0 &&
        send(fd, message.bytes, message.size, MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
        log_debug("uid %u did not wait for the reason", (unsigned)peer->uid);
    buffer_deinit(&message);
}

static int get_peer(int fd, struct peer *ret)
{
    struct ucred credentials;
    socklen_t size = sizeof(credentials);

    if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &credentials, &size) < 0)
        return -errno;
    *ret = (struct peer){.uid = credentials.uid, .gid = credentials.gid, .pid = credentials.pid};
    return 0;
}

static int set_nonblocking(int fd)
{
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
        return -errno;
    return 0;
}

int server_adopt(struct server *server, int fd_)
{
    CLEANUP(closep) int fd = fd_;
    const char *limit;
    struct peer peer;
    int r = get_peer(fd, &peer);

    if (r == 0)
        r = set_nonblocking(fd);
    if (r < 0)
        return r;
    limit = broken_limit(server, peer.uid);
    if (limit) {
        turn_away(fd, &peer, limit);
        return 0;
    }
    return connection_new(server, take_fd(&fd), &peer);
}

static int poll_listening(struct server *server, int enabled)
{
    for (size_t i = 0; i < server->n_listening; i++) {
        int r = sd_event_source_set_enabled(server->listening[i], enabled);

        if (r < 0)
            return r;
    }
    return 0;
}

static int on_retry(sd_event_source *source, uint64_t usec, void *userdata)
{
    struct server *server = userdata;

    return server->stopped ? 0 : poll_listening(server, SD_EVENT_ON);
}

/* A waiting connection would wake us at once again and again. */
static int pause_listening(struct server *server, int error)
{
    int r = sd_event_source_set_time_relative(server->retry, RETRY_USEC);

    log_warning(
        "Cannot take a connection: %s. Raise LimitNOFILE= or lower MaxConnections=.", strerror(error));
    if (r >= 0)
        r = sd_event_source_set_enabled(server->retry, SD_EVENT_ONESHOT);
    return r < 0 ? r : poll_listening(server, SD_EVENT_OFF);
}

static bool ran_out(int error)
{
    return error == EMFILE || error == ENFILE || error == ENOBUFS || error == ENOMEM;
}

static int on_connect(sd_event_source *source, int listening_fd, uint32_t events, void *userdata)
{
    struct server *server = userdata;

    for (int i = 0; i < ACCEPTS_PER_TURN; i++) {
        int fd = accept4(listening_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        int r = fd < 0 ? -errno : server_adopt(server, fd);

        if (ran_out(-r))
            return pause_listening(server, -r);
        if (r == -EAGAIN)
            break;
        if (r < 0)
            log_debug("A connection was lost while it was taken: %s", strerror(-r));
    }
    return 0;
}

int server_listen(struct server *server, int fd_)
{
    CLEANUP(closep) int fd = fd_;
    sd_event_source *source = NULL;
    int r = set_nonblocking(fd);

    if (r == 0)
        r = array_reserve_one(
            &server->listening, server->n_listening, &server->listening_capacity, sizeof(*server->listening));
    if (r == 0)
        r = sd_event_add_io(server->event, &source, fd, EPOLLIN, on_connect, server);
    if (r < 0)
        return r;
    r = sd_event_source_set_io_fd_own(source, true);
    if (r < 0) {
        sd_event_source_disable_unref(source);
        return r;
    }
    take_fd(&fd);
    server->listening[server->n_listening++] = source;
    return 0;
}

void server_stop_listening(struct server *server)
{
    server->stopped = true;
    if (poll_listening(server, SD_EVENT_OFF) < 0)
        log_warning("Cannot stop polling the control socket");
}

void server_drain(struct server *server)
{
    server_stop_listening(server);
    LIST_FOR_EACH (link, &server->connections) {
        connection_drain(CONTAINER_OF(link, struct connection, link));
    }
}

uint32_t server_n_connections(const struct server *server)
{
    return server->n_connections;
}

uint32_t server_n_busy(const struct server *server)
{
    uint32_t n = 0;

    LIST_FOR_EACH (link, &server->connections) {
        n += connection_is_busy(CONTAINER_OF(link, struct connection, link));
    }
    return n;
}
