#include "daemon/daemon_private.h"

#include "base/array.h"
#include "base/cleanup.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/message_id.h"

#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

/* What is dropped comes back as soon as it is used: not more often than this. */
#define PAUSE_USEC (5 * USEC_PER_SEC)
/* Of $MEMORY_PRESSURE_WRITE, decoded. */
#define MAX_TRIGGER 256

static int base64_value(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *place = c ? strchr(digits, c) : NULL;

    return place ? (int)(place - digits) : -1;
}

/* RFC 4648, 4. The size, or -EINVAL. */
static ssize_t decode_base64(const char *text, uint8_t ret[static MAX_TRIGGER])
{
    uint32_t bits = 0;
    unsigned n_bits = 0;
    size_t size = 0;

    for (; *text && *text != '='; text++) {
        int value = base64_value(*text);

        if (value < 0 || size == MAX_TRIGGER)
            return -EINVAL;
        bits = bits << 6 | (uint32_t)value;
        n_bits += 6;
        if (n_bits >= 8) {
            n_bits -= 8;
            ret[size++] = (uint8_t)(bits >> n_bits);
        }
    }
    return (ssize_t)size;
}

static int connect_to(const char *path)
{
    int fd CLEANUP(closep) = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX};

    if (strlen(path) >= sizeof(address.sun_path))
        return -ENAMETOOLONG;
    strcpy(address.sun_path, path);
    if (fd < 0 || connect(fd, (const struct sockaddr *)&address, sizeof(address)) < 0)
        return -errno;
    return take_fd(&fd);
}

/* A file of the kernel, a FIFO or a socket: https://systemd.io/MEMORY_PRESSURE. */
static int open_watched(const char *path, uint32_t *ret_events)
{
    struct stat status;
    int fd;

    if (stat(path, &status) < 0)
        return -errno;
    *ret_events = S_ISREG(status.st_mode) ? EPOLLPRI : EPOLLIN;
    if (S_ISSOCK(status.st_mode))
        return connect_to(path);
    fd = open(path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    return fd < 0 ? -errno : fd;
}

static int arm_trigger(int fd)
{
    const char *text = getenv("MEMORY_PRESSURE_WRITE");
    uint8_t trigger[MAX_TRIGGER];
    ssize_t size = text ? decode_base64(text, trigger) : 0;

    if (size < 0)
        return (int)size;
    return size > 0 && write(fd, trigger, (size_t)size) < 0 ? -errno : 0;
}

static void drop_caches(struct daemon *daemon)
{
    engine_drop_caches(daemon->engine);
    store_drop_caches(daemon->store);
    (void)malloc_trim(0);
    log_write(LOG_INFO, &(const struct log_fields){.message_id = MESSAGE_MEMORY_PRESSURE},
        "memory is short: caches are dropped");
}

static int on_pressure(sd_event_source *source, int fd, uint32_t events, void *userdata)
{
    struct daemon *daemon = userdata;
    uint64_t now = clock_boottime_usec();
    char bytes[256];
    ssize_t n = 1;

    /* A FIFO or a socket is read; who hung up says nothing more. */
    if (events & EPOLLIN)
        n = read(fd, bytes, sizeof(bytes));
    if ((events & (EPOLLERR | EPOLLHUP) && !(events & EPOLLPRI)) || n == 0)
        return sd_event_source_set_enabled(source, SD_EVENT_OFF);
    if (daemon->pressure_usec != 0 && now - daemon->pressure_usec < PAUSE_USEC)
        return 0;
    daemon->pressure_usec = now;
    drop_caches(daemon);
    return 0;
}

static int watch(struct daemon *daemon, const char *path)
{
    int fd CLEANUP(closep) = -1;
    uint32_t events = 0;
    int r;

    fd = open_watched(path, &events);
    if (fd < 0)
        return fd;
    r = arm_trigger(fd);
    if (r == 0)
        r = sd_event_add_io(daemon->event, &daemon->pressure_source, fd, events, on_pressure, daemon);
    if (r < 0)
        return r;
    r = sd_event_source_set_io_fd_own(daemon->pressure_source, true);
    if (r >= 0)
        (void)take_fd(&fd);
    return r < 0 ? r : 0;
}

void daemon_watch_memory(struct daemon *daemon)
{
    const char *path = getenv("MEMORY_PRESSURE_WATCH");
    int r;

    /* systemd.exec(5): /dev/null turns it off. */
    if (!path || path[0] != '/' || strcmp(path, "/dev/null") == 0)
        return;
    r = watch(daemon, path);
    if (r < 0)
        log_warning("cannot watch %s for memory pressure, so caches are kept: %s", path, strerror(-r));
}
