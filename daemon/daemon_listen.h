/* Where clients come in: sockets that the manager passes, or one that is made here. Thread: main, before
 * others. */
#pragma once

#include <stdbool.h>
#include <sys/types.h>

/* The name of our descriptors in urlstatd.socket. */
#define LISTEN_FD_NAME "varlink"
/* As many descriptors of ours are taken from the manager. */
#define LISTEN_MAX_FDS 16

struct listen_fds {
    struct {
        int fd;
        bool is_connected; /* a connection, not a listening socket */
    } items[LISTEN_MAX_FDS];
    size_t n;
    char *path; /* of a socket that was made here, removed in the end; NULL if none */
    dev_t device;
    ino_t inode;
};

/* The manager's descriptors of our name (or the only one, whatever its name); if there are none, a socket at
 * `path` (NULL: none). Others are closed. What fails is logged. Returns 0; -EDESTADDRREQ if there is nothing
 * to listen on; or another negative errno. */
int listen_fds_init(const char *path, struct listen_fds *ret);

/* Closes what is still here, and removes the socket that was made, unless another one has taken its place. */
void listen_fds_deinit(struct listen_fds *fds);
