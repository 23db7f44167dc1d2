#include "base/write.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

/* 0: it went wrong in a way that passes. */
static int wait_after(int fd, int error)
{
    struct pollfd pollfd = {.fd = fd, .events = POLLOUT};

    if (error == EINTR)
        return 0;
    if (error != EAGAIN)
        return -error;
    return poll(&pollfd, 1, -1) < 0 && errno != EINTR ? -errno : 0;
}

int write_whole(int fd, const void *bytes, size_t size)
{
    const char *next = bytes;
    int r = 0;

    while (size > 0 && r == 0) {
        ssize_t n = write(fd, next, size);

        if (n < 0) {
            r = wait_after(fd, errno);
            continue;
        }
        next += n;
        size -= (size_t)n;
    }
    return r;
}
