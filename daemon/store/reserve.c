#include "store/reserve.h"

#include "base/cleanup.h"
#include "store/place.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* Of a small disk it takes no more than this part. */
#define PART 8

int reserve_init(struct reserve *reserve, const char *directory, uint64_t max_bytes)
{
    int r = place_path(directory, STORE_FILE STORE_RESERVE_SUFFIX, &reserve->path);

    if (r < 0)
        reserve->path = NULL;
    reserve->max_bytes = max_bytes;
    return r;
}

void reserve_deinit(struct reserve *reserve)
{
    free(reserve->path);
}

static uint64_t allocated(int fd)
{
    struct stat status;

    return fstat(fd, &status) < 0 ? 0 : (uint64_t)status.st_blocks * 512;
}

static int make(const struct reserve *reserve)
{
    CLEANUP(closep) int fd = open(reserve->path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    struct statvfs disk;
    uint64_t bytes;

    if (fd < 0 || fstatvfs(fd, &disk) < 0)
        return -errno;
    bytes = (uint64_t)disk.f_blocks * disk.f_frsize / PART;
    if (bytes > reserve->max_bytes)
        bytes = reserve->max_bytes;
    if (bytes == 0 || allocated(fd) >= bytes)
        return 0;
    if ((uint64_t)disk.f_bavail * disk.f_frsize < 2 * bytes)
        return -ENOSPC;
    if (fallocate(fd, 0, 0, (off_t)bytes) == 0 || errno == EOPNOTSUPP)
        return 0;
    return ftruncate(fd, 0) < 0 ? -errno : -ENOSPC;
}

int reserve_make(struct reserve *reserve)
{
    int r = reserve->max_bytes > 0 ? make(reserve) : 0;

    if (r == 0)
        reserve->is_spent = false;
    return reserve->is_spent ? -ENOSPC : 0;
}

bool reserve_give_up(struct reserve *reserve)
{
    CLEANUP(closep) int fd = open(reserve->path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

    if (fd < 0 || allocated(fd) == 0 || ftruncate(fd, 0) < 0)
        return false;
    reserve->is_spent = true;
    return true;
}
