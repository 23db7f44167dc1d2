/* Listening sockets and the connections that come over them. Nothing here ever blocks, and everything that a
 * client can make grow is bounded: connections (in all and of one user), a message, how long a half message
 * may take, calls under way (one a connection), and output that is not read. Malformed input closes the
 * connection that it came over and no other. Thread: main. */
#pragma once

#include "base/cleanup.h"
#include "server/verb.h"
#include <stdint.h>
#include <systemd/sd-event.h>

struct server;

struct server_settings {
    /* GetInfo's; borrowed, live as long as the server. */
    const char *vendor, *product, *version, *url;
    uint32_t max_connections; /* MaxConnections= */
    /* Of one user; root is not bound by it, so that nobody can lock the administrator out. */
    uint32_t max_connections_per_user;
    uint64_t message_timeout_usec; /* how long a message may take from its first byte to its last */
};
#define SERVER_MESSAGE_TIMEOUT_USEC (30 * UINT64_C(1000000))

/* Has org.varlink.service from the start. Returns 0 or negative errno. */
int server_new(sd_event *event, const struct server_settings *settings, struct server **ret);
/* Ends all connections, their calls are cancelled. Closes the listening sockets. */
void server_free(struct server *server);
DEFINE_CLEANUP(struct server *, server_free)

/* `interface` is borrowed and lives as long as the server; handlers find `context` by call_context(). 0 or
 * -ENOMEM. */
int server_add_interface(struct server *server, const struct interface *interface, void *context);

/* Other limits from now on; who is connected stays. */
void server_set_limits(struct server *server, uint32_t max_connections, uint32_t max_connections_per_user);

/* Takes over a listening socket, or a connected one, also on failure. Returns 0 or negative errno. */
int server_listen(struct server *server, int fd);
int server_adopt(struct server *server, int fd);

/* Polls the listening sockets no more, but leaves them open: who connects now waits for the next daemon. */
void server_stop_listening(struct server *server);

/* No new connections and calls; what runs goes on, but for verbs that are endless: those are cancelled. Each
 * connection closes when its call has ended and its replies were read. */
void server_drain(struct server *server);

uint32_t server_n_connections(const struct server *server);
/* Connections with a call under way or a session open: the daemon is in use. */
uint32_t server_n_busy(const struct server *server);
