#include "store/place.h"

#include "base/cleanup.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define LOCK_NAME "urlstat.lock"

int place_path(const char *directory, const char *name, char **ret)
{
    return asprintf(ret, "%s/%s", directory, name) < 0 ? -ENOMEM : 0;
}

/* An OFD lock: it goes with the process, however that ends, and it also keeps out a second store of this
 * process. */
int place_lock(const char *directory, int *ret_fd)
{
    CLEANUP(freep) char *path = NULL;
    CLEANUP(closep) int fd = -1;
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int r = place_path(directory, LOCK_NAME, &path);

    if (r < 0)
        return r;
    fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return -errno;
    if (fcntl(fd, F_OFD_SETLK, &lock) < 0)
        return errno == EAGAIN || errno == EACCES ? -EBUSY : -errno;
    *ret_fd = take_fd(&fd);
    return 0;
}

int place_sweep(const char *directory)
{
    static const char *const names[] = {STORE_FILE STORE_COPY_SUFFIX, STORE_FILE STORE_RESTORED_SUFFIX,
        STORE_FILE STORE_RESTORED_SUFFIX "-wal", STORE_FILE STORE_RESTORED_SUFFIX "-shm",
        STORE_FILE STORE_PRINTS_SUFFIX};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        CLEANUP(freep) char *path = NULL;
        int r = place_path(directory, names[i], &path);

        if (r < 0)
            return r;
        if (unlink(path) < 0 && errno != ENOENT)
            return -errno;
    }
    return 0;
}
