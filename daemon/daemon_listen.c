#include "daemon/daemon_listen.h"

#include "base/cleanup.h"
#include "base/log.h"

#include <errno.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <systemd/sd-daemon.h>

#define SOCKET_MODE 0660
#define DIRECTORY_MODE 0755

static void add(struct listen_fds *fds, int fd, bool is_connected)
{
    fds->items[fds->n].fd = fd;
    fds->items[fds->n].is_connected = is_connected;
    fds->n++;
}

static void free_names(char ***names)
{
    for (char **name = *names; name && *name; name++)
        free(*name);
    free(*names);
}

/* Takes the descriptor if it is a stream socket of AF_UNIX, else closes it. */
static void take_passed(struct listen_fds *fds, int fd, const char *name)
{
    bool listens = sd_is_socket(fd, AF_UNIX, SOCK_STREAM, 1) > 0;

    if (fds->n < LISTEN_MAX_FDS && (listens || sd_is_socket(fd, AF_UNIX, SOCK_STREAM, 0) > 0)) {
        add(fds, fd, !listens);
        return;
    }
    log_warning(
        "descriptor %d (%s) that was passed is no stream socket of AF_UNIX and is left out", fd, name);
    (void)close(fd);
}

static int take_from_manager(struct listen_fds *fds)
{
    char **names CLEANUP(free_names) = NULL;
    int n;

    n = sd_listen_fds_with_names(true, &names);
    if (n < 0) {
        log_error("cannot take the manager's sockets: %s", strerror(-n));
        return n;
    }
    for (int i = 0; i < n; i++) {
        if (n == 1 || strcmp(names[i], LISTEN_FD_NAME) == 0) {
            take_passed(fds, SD_LISTEN_FDS_START + i, names[i]);
            continue;
        }
        log_warning(
            "socket \"%s\" that was passed is not named \"%s\" and is left out", names[i], LISTEN_FD_NAME);
        (void)close(SD_LISTEN_FDS_START + i);
    }
    return 0;
}

static int make_address(const char *path, struct sockaddr_un *ret)
{
    size_t length = strlen(path);

    if (length == 0 || length >= sizeof(ret->sun_path))
        return -ENAMETOOLONG;
    *ret = (struct sockaddr_un){.sun_family = AF_UNIX};
    memcpy(ret->sun_path, path, length + 1);
    return 0;
}

static int make_directory(const char *path)
{
    char *copy CLEANUP(freep) = strdup(path);

    if (!copy)
        return -ENOMEM;
    return mkdir(dirname(copy), DIRECTORY_MODE) == 0 || errno == EEXIST ? 0 : -errno;
}

/* -EADDRINUSE if somebody listens there; 0 if it is the socket of a daemon that is gone. */
static int try_connect(const struct sockaddr_un *address)
{
    int fd CLEANUP(closep) = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    if (fd < 0)
        return -errno;
    /* EAGAIN: somebody listens, but his queue is full. */
    if (connect(fd, (const struct sockaddr *)address, sizeof(*address)) == 0 || errno == EAGAIN)
        return -EADDRINUSE;
    return errno == ECONNREFUSED ? 0 : -errno;
}

/* Removes what a daemon that is gone has left at the path. */
static int make_way(const struct sockaddr_un *address)
{
    struct stat status;
    int r;

    if (lstat(address->sun_path, &status) < 0)
        return errno == ENOENT ? 0 : -errno;
    if (!S_ISSOCK(status.st_mode))
        return -EEXIST;
    r = try_connect(address);
    if (r < 0)
        return r;
    return unlink(address->sun_path) == 0 || errno == ENOENT ? 0 : -errno;
}

static int bind_socket(const struct sockaddr_un *address, int *ret)
{
    int fd CLEANUP(closep) = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    mode_t mask;
    int r;

    if (fd < 0)
        return -errno;
    /* The mode is right from the start: there are no other threads yet whose files the mask could touch. */
    mask = umask(0777 & ~SOCKET_MODE);
    r = bind(fd, (const struct sockaddr *)address, sizeof(*address));
    r = r < 0 ? -errno : 0;
    (void)umask(mask);
    if (r < 0)
        return r;
    if (listen(fd, SOMAXCONN) < 0) {
        r = -errno;
        (void)unlink(address->sun_path);
        return r;
    }
    *ret = take_fd(&fd);
    return 0;
}

/* Remembers which file the socket is. */
static int note_socket(struct listen_fds *fds, const char *path)
{
    struct stat status;

    if (lstat(path, &status) < 0)
        return -errno;
    fds->path = strdup(path);
    if (!fds->path)
        return -ENOMEM;
    fds->device = status.st_dev;
    fds->inode = status.st_ino;
    return 0;
}

static int make_socket(const char *path, struct listen_fds *fds)
{
    struct sockaddr_un address;
    int fd = -1;
    int r;

    r = make_address(path, &address);
    if (r == 0)
        r = make_directory(path);
    if (r == 0)
        r = make_way(&address);
    if (r == 0)
        r = bind_socket(&address, &fd);
    if (r < 0)
        return r;
    add(fds, fd, false);
    return note_socket(fds, path);
}

static const char *explain(int r)
{
    switch (r) {
    case -ENAMETOOLONG:
        return "the path of a socket has 1 to 107 bytes";
    case -EEXIST:
        return "there is a file that is no socket: remove it, or listen elsewhere";
    case -EADDRINUSE:
        return "another daemon listens there: stop it, or listen elsewhere";
    default:
        return strerror(-r);
    }
}

int listen_fds_init(const char *path, struct listen_fds *ret)
{
    struct listen_fds fds CLEANUP(listen_fds_deinit) = {.n = 0};
    int r;

    r = take_from_manager(&fds);
    if (r < 0)
        return r;
    if (fds.n == 0 && path) {
        r = make_socket(path, &fds);
        if (r < 0) {
            log_error("cannot listen on %s: %s", path, explain(r));
            return r;
        }
    }
    if (fds.n == 0) {
        log_error("no socket to listen on: start urlstatd.socket, or name a path by --listen=PATH");
        return -EDESTADDRREQ;
    }
    *ret = fds;
    fds = (struct listen_fds){.n = 0};
    return 0;
}

void listen_fds_deinit(struct listen_fds *fds)
{
    struct stat status;

    for (size_t i = 0; i < fds->n; i++)
        closep(&fds->items[i].fd);
    if (fds->path && lstat(fds->path, &status) == 0 && status.st_dev == fds->device &&
        status.st_ino == fds->inode)
        (void)unlink(fds->path);
    free(fds->path);
    *fds = (struct listen_fds){.n = 0};
}
