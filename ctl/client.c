#include "ctl/client.h"

#include "base/clock.h"
#include "wire/frame.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>

/* A full backlog lets connect() wait; not for ever. */
#define CONNECT_TIMEOUT_SEC 10
/* Replies kept while calls are still being sent; beyond this the daemon has to wait. */
#define MAX_UNREAD (8U << 20)

struct client {
    int fd;
    int interrupt_fd;
    uint64_t timeout_usec;
    size_t pending;
    struct wire_frames frames;
    struct buffer output;
    size_t sent; /* of output */
};

static int connect_error(int error)
{
    switch (error) {
    case ENOTDIR:
        return -ENOENT;
    case EPERM:
        return -EACCES;
    case EAGAIN:
        return -ETIMEDOUT;
    default:
        return -error;
    }
}

int client_connect(const char *path, struct client **ret)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    struct timeval timeout = {.tv_sec = CONNECT_TIMEOUT_SEC};
    CLEANUP(closep) int fd = -1;

    if (strlen(path) >= sizeof(address.sun_path))
        return -ENAMETOOLONG;
    memcpy(address.sun_path, path, strlen(path) + 1);
    fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -errno;
    if (setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &timeout, sizeof(timeout)) < 0)
        return -errno;
    if (connect(fd, (struct sockaddr *)&address, sizeof(address)) < 0)
        return connect_error(errno);
    return client_new_from_fd(take_fd(&fd), ret);
}

int client_new_from_fd(int fd_, struct client **ret)
{
    CLEANUP(closep) int fd = fd_;
    struct client *client;
    int flags = fcntl(fd, F_GETFL);

    if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) < 0)
        return -errno;
    client = calloc(1, sizeof(*client));
    if (!client)
        return -ENOMEM;
    client->fd = take_fd(&fd);
    client->interrupt_fd = -1;
    client->timeout_usec = USEC_NEVER;
    *ret = client;
    return 0;
}

void client_free(struct client *client)
{
    if (!client)
        return;
    close(client->fd);
    wire_frames_deinit(&client->frames);
    buffer_deinit(&client->output);
    free(client);
}

void client_set_timeout(struct client *client, uint64_t timeout_usec)
{
    client->timeout_usec = timeout_usec;
}

void client_set_interrupt(struct client *client, int fd)
{
    client->interrupt_fd = fd;
}

size_t client_pending(const struct client *client)
{
    return client->pending;
}

/* Milliseconds until the deadline, rounded up; -1 for never. */
static int remaining_msec(uint64_t deadline)
{
    uint64_t now = clock_boottime_usec();
    uint64_t msec;

    if (deadline == USEC_NEVER)
        return -1;
    if (now >= deadline)
        return 0;
    msec = (deadline - now + USEC_PER_MSEC - 1) / USEC_PER_MSEC;
    return msec > 3600000 ? 3600000 : (int)msec;
}

/* Waits until the socket can do one of `events`; *ret_events is what it can do. */
static int wait_for(struct client *client, short events, uint64_t deadline, short *ret_events)
{
    struct pollfd polled[] = {
        {.fd = client->fd, .events = events}, {.fd = client->interrupt_fd, .events = POLLIN}};

    for (;;) {
        int n = poll(polled, 2, remaining_msec(deadline));

        if (n < 0 && errno != EINTR)
            return -errno;
        if (n > 0 && polled[1].revents)
            return -EINTR;
        if (n > 0)
            break;
        if (n == 0 && clock_boottime_usec() >= deadline)
            return -ETIMEDOUT;
    }
    *ret_events = polled[0].revents;
    return 0;
}

/* 1 if bytes were read, 0 if there are none now. */
static int read_some(struct client *client)
{
    size_t size;
    void *room;
    ssize_t n;
    int r = wire_frames_room(&client->frames, &room, &size);

    if (r < 0)
        return r;
    n = recv(client->fd, room, size, 0);
    if (n < 0)
        return errno == EAGAIN || errno == EINTR ? 0 : -errno;
    if (n == 0)
        return -ECONNRESET;
    wire_frames_filled(&client->frames, (size_t)n);
    return 1;
}

/* 1 if bytes were written, 0 if none could be. */
static int write_some(struct client *client)
{
    ssize_t n = send(
        client->fd, client->output.bytes + client->sent, client->output.size - client->sent, MSG_NOSIGNAL);

    if (n < 0 && (errno == EAGAIN || errno == EINTR))
        return 0;
    /* The daemon has closed, but may have said why: that is found by reading. */
    if (n < 0 && (errno == EPIPE || errno == ECONNRESET))
        n = (ssize_t)(client->output.size - client->sent);
    if (n < 0)
        return -errno;
    client->sent += (size_t)n;
    if (client->sent == client->output.size)
        client->sent = client->output.size = 0;
    return 1;
}

static bool has_output(const struct client *client)
{
    return client->output.size > 0;
}

/* Moves bytes in either direction, after waiting for it if need be; pushes the deadline back if any moved. */
static int move_bytes(struct client *client, bool reading, uint64_t *deadline)
{
    short events = (short)((reading ? POLLIN : 0) | (has_output(client) ? POLLOUT : 0));
    int moved = 0;
    short ready = 0;
    int r = wait_for(client, events, *deadline, &ready);

    if (r < 0)
        return r;
    if (has_output(client) && ready & POLLOUT) {
        r = write_some(client);
        if (r < 0)
            return r;
        moved = r;
    }
    if (reading && ready & (POLLIN | POLLHUP | POLLERR)) {
        r = read_some(client);
        if (r < 0)
            return r;
        moved |= r;
    }
    if (moved)
        *deadline = clock_add(clock_boottime_usec(), client->timeout_usec);
    return 0;
}

static int flush(struct client *client)
{
    uint64_t deadline = clock_add(clock_boottime_usec(), client->timeout_usec);
    int r = 0;

    if (has_output(client))
        r = write_some(client);
    while (r >= 0 && has_output(client)) {
        size_t unread = client->frames.input.size - client->frames.start;

        r = move_bytes(client, unread < MAX_UNREAD, &deadline);
        /* Of no use to the caller, who finds in the replies why the daemon closed. */
        if (r == -ECONNRESET) {
            client->sent = client->output.size = 0;
            r = 0;
        }
    }
    return r < 0 ? r : 0;
}

int client_send_method(struct client *client, const char *method, enum wire_call_flags flags,
    const struct wire_shape *shape, const void *in)
{
    int r = wire_encode_call(&client->output, method, flags, shape, in);

    if (r < 0)
        return r;
    if (!(flags & WIRE_CALL_ONEWAY))
        client->pending++;
    return flush(client);
}

int client_send(struct client *client, enum wire_verb verb, enum wire_call_flags flags, const void *in)
{
    return client_send_method(client, wire_methods[verb].name, flags, wire_methods[verb].in, in);
}

static int take_message(struct client *client, struct wire_reply **ret)
{
    const char *message;
    size_t size;
    int r = wire_frames_next(&client->frames, &message, &size);

    if (r == -EMSGSIZE)
        return -EPROTO;
    if (r <= 0)
        return r;
    r = wire_reply_parse(message, size, ret);
    if (r < 0)
        return r == -EBADMSG ? -EPROTO : r;
    return 1;
}

int client_receive(struct client *client, struct wire_reply **ret)
{
    uint64_t deadline = clock_add(clock_boottime_usec(), client->timeout_usec);
    struct wire_reply *reply;
    int r;

    assert(client->pending > 0);
    for (;;) {
        r = take_message(client, &reply);
        if (r != 0)
            break;
        r = move_bytes(client, true, &deadline);
        if (r < 0)
            break;
    }
    if (r < 0)
        return r;
    if (!wire_reply_continues(reply))
        client->pending--;
    *ret = reply;
    return 0;
}

static bool has_reply(const struct client *client)
{
    const struct wire_frames *frames = &client->frames;
    const size_t size = frames->input.size - frames->start;

    return client->pending > 0 && size > 0 && memchr(frames->input.bytes + frames->start, '\0', size);
}

int client_wait_for_input(struct client *client, int fd)
{
    struct pollfd polled[] = {{.fd = client->fd, .events = POLLIN},
        {.fd = client->interrupt_fd, .events = POLLIN}, {.fd = fd, .events = POLLIN}};

    while (!has_reply(client)) {
        int n = poll(polled, sizeof(polled) / sizeof(polled[0]), -1);

        if (n < 0 && errno != EINTR)
            return -errno;
        if (n <= 0)
            continue;
        if (polled[1].revents)
            return -EINTR;
        if (polled[0].revents) {
            int r = read_some(client);

            if (r < 0)
                return r;
            /* Nobody asked. */
            if (r > 0 && client->pending == 0)
                return -EPROTO;
        } else if (polled[2].revents) {
            return 0;
        }
    }
    return 1;
}

int client_decode(enum wire_verb verb, struct wire_reply *reply, const void **ret)
{
    int r;

    if (wire_reply_error(reply))
        return -EPROTO;
    r = wire_reply_decode(reply, wire_methods[verb].out, ret);
    return r == -EBADMSG ? -EPROTO : r;
}
