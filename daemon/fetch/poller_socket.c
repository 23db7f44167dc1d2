#include "fetch/poller_socket.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>

struct poller_socket *poller_socket_at(const struct poller *poller, int fd)
{
    return (size_t)fd < poller->n_sockets ? &poller->sockets[fd] : NULL;
}

static int *bucket_of(struct poller *poller, uint64_t host)
{
    return &poller->buckets[host % POLLER_BUCKETS];
}

static void leave_bucket(struct poller *poller, int fd)
{
    struct poller_socket *known = &poller->sockets[fd];
    int *place = bucket_of(poller, known->host);

    if (known->host == 0)
        return;
    while (*place != fd)
        place = &poller->sockets[*place].next;
    *place = known->next;
    known->host = 0;
}

/* Of whatever has the number now, which another thread may close at this moment: statx() is not taken for a
 * use of it by the thread sanitizer, as fstat() is. */
static uint64_t inode_of(int fd)
{
    struct statx status;

    return statx(fd, "", AT_EMPTY_PATH, STATX_INO, &status) < 0 ? 0 : status.stx_ino;
}

/* Else curl has closed it, and its number may be another's. */
static bool is_open(const struct poller_socket *known, int fd)
{
    return known->inode != 0 && inode_of(fd) == known->inode;
}

/* That curl wants nothing of it is not enough: a limit of bytes a second makes a transfer pause. */
static bool is_idle(const struct poller_socket *known)
{
    return known->is_ours && known->has_served && known->wanted == 0 && !known->user;
}

/* The server sees its end at once; curl, which has it still, finds it dead and closes it. */
static void end_idle(struct poller *poller, int fd)
{
    leave_bucket(poller, fd);
    (void)shutdown(fd, SHUT_RDWR);
}

/* Open connections to the host; one that is idle in *ret_idle, -1 if none is. Those that curl closed without
 * a word are forgotten. */
static uint32_t count(struct poller *poller, uint64_t host, int *ret_idle)
{
    uint32_t n = 0;
    int next;

    *ret_idle = -1;
    for (int fd = *bucket_of(poller, host); fd >= 0; fd = next) {
        const struct poller_socket *known = &poller->sockets[fd];

        next = known->next;
        if (known->host != host)
            continue;
        if (!is_open(known, fd)) {
            poller_closed(poller, fd);
            continue;
        }
        n++;
        if (is_idle(known))
            *ret_idle = fd;
    }
    return n;
}

void poller_make_room(struct poller *poller, uint64_t host, uint32_t max)
{
    uint32_t others = 0;
    int idle;

    for (struct poller *older = poller->next; older; older = older->next)
        others += count(older, host, &idle);
    while (count(poller, host, &idle) + others >= max && idle >= 0)
        end_idle(poller, idle);
}

void poller_retire(struct poller *poller)
{
    poller->is_old = true;
    for (size_t fd = 0; fd < poller->n_sockets; fd++)
        if (is_idle(&poller->sockets[fd]) && is_open(&poller->sockets[fd], (int)fd))
            end_idle(poller, (int)fd);
}

int poller_opened(struct poller *poller, int fd, uint64_t host)
{
    int *bucket = bucket_of(poller, host);
    size_t n = poller->n_sockets > 0 ? poller->n_sockets : 64;
    struct poller_socket *grown;

    while (n <= (size_t)fd)
        n *= 2;
    if (n > poller->n_sockets) {
        grown = reallocarray(poller->sockets, n, sizeof(*grown));
        if (!grown)
            return -ENOMEM;
        memset(grown + poller->n_sockets, 0, (n - poller->n_sockets) * sizeof(*grown));
        poller->sockets = grown;
        poller->n_sockets = n;
    }
    /* One of this number that curl closed without a word. */
    leave_bucket(poller, fd);
    poller->sockets[fd] =
        (struct poller_socket){.is_ours = true, .host = host, .inode = inode_of(fd), .next = *bucket};
    if (host != 0)
        *bucket = fd;
    return 0;
}

void poller_closed(struct poller *poller, int fd)
{
    struct poller_socket *known = poller_socket_at(poller, fd);

    if (!known)
        return;
    leave_bucket(poller, fd);
    *known = (struct poller_socket){0};
}

void poller_take_user(struct poller_socket *known, struct poller_user *user, int fd)
{
    if (known->user == user)
        return;
    known->has_served = true;
    known->user = user;
    user->fd = fd;
}

void poller_forget_user(struct poller *poller, struct poller_user *user)
{
    struct poller_socket *known = poller_socket_at(poller, user->fd);
    const int fd = user->fd;

    user->fd = -1;
    if (!known || known->user != user)
        return;
    known->user = NULL;
    if (poller->is_old && is_idle(known) && is_open(known, fd))
        end_idle(poller, fd);
}
