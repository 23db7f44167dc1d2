#include "store/place.h"

#include "base/cleanup.h"
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define NOTE_NAME "urlstat.lock"
/* Digits of a job's number, and a line feed. */
#define NOTE_SIZE 20
/* With less, the index of a log cannot be made. */
#define LEAST_BYTES ((uint64_t)64 << 10)

int place_path(const char *directory, const char *name, char **ret)
{
    return asprintf(ret, "%s/%s", directory, name) < 0 ? -ENOMEM : 0;
}

static bool is_unwritable(int error)
{
    return error == EROFS || error == EACCES || error == EPERM;
}

/* Locked, and what is noted is its text: it is made once, and no longer from then on. No disk is so full that
 * there is no room for it. */
static int open_note(const char *directory, int flags)
{
    CLEANUP(freep) char *path = NULL;

    if (place_path(directory, NOTE_NAME, &path) < 0) {
        path = NULL;
        errno = ENOMEM;
        return -1;
    }
    return open(path, flags | O_CLOEXEC | O_NOFOLLOW, 0600);
}

/* Of the directory itself, which is there on a disk that is full or read-only, too. A lock of what is open
 * goes with the process, however that ends, and it also keeps out a second store of this process. */
static int lock_directory(const char *directory, int *ret_fd)
{
    CLEANUP(closep) int fd = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0)
        return -errno;
    if (flock(fd, LOCK_EX | LOCK_NB) < 0)
        return errno == EWOULDBLOCK ? -EBUSY : -errno;
    *ret_fd = take_fd(&fd);
    return 0;
}

/* Of the file beside the store, wherever it is there or can be made: earlier versions look at nothing else,
 * and over NFS the directory is locked for this machine alone. What can only be read takes a shared lock,
 * which keeps out whoever wants to write. */
static int lock_file(const char *directory, int *ret_fd)
{
    CLEANUP(closep) int fd = open_note(directory, O_RDWR | O_CREAT);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};

    if (fd < 0) {
        fd = open_note(directory, O_RDONLY);
        lock.l_type = F_RDLCK;
    }
    if (fd < 0)
        return -errno;
    if (fcntl(fd, F_OFD_SETLK, &lock) < 0)
        return errno == EAGAIN || errno == EACCES ? -EBUSY : -errno;
    /* Some had this one. Where it cannot be had of a file that is only read, the other has to do. */
    if (flock(fd, LOCK_EX | LOCK_NB) < 0 && errno == EWOULDBLOCK)
        return -EBUSY;
    *ret_fd = take_fd(&fd);
    return 0;
}

int place_lock(const char *directory, struct place_hold *ret)
{
    CLEANUP(place_unlock) struct place_hold hold = PLACE_FREE;
    int of_directory = lock_directory(directory, &hold.directory_fd);
    int r = of_directory == -EBUSY ? -EBUSY : lock_file(directory, &hold.file_fd);

    /* Either is enough where the other is not to be had. */
    if (r == -ENOENT)
        r = of_directory;
    if (r < 0)
        return r;
    *ret = hold;
    hold = PLACE_FREE;
    return 0;
}

void place_unlock(const struct place_hold *hold)
{
    closep(&hold->file_fd);
    closep(&hold->directory_fd);
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
        /* What cannot be written now is swept by the next start. */
        if (unlink(path) < 0 && errno != ENOENT && !is_unwritable(errno))
            return -errno;
    }
    return 0;
}

void place_note_job(const char *directory, int64_t number)
{
    CLEANUP(closep) int fd = open_note(directory, O_WRONLY | O_CREAT);
    char text[NOTE_SIZE + 1];

    (void)snprintf(text, sizeof(text), "%0*lld\n", NOTE_SIZE - 1, (long long)number);
    if (fd >= 0 && pwrite(fd, text, NOTE_SIZE, 0) < 0)
        return;
}

int64_t place_last_job(const char *directory)
{
    CLEANUP(closep) int fd = open_note(directory, O_RDONLY);
    char text[NOTE_SIZE + 1] = "";
    char *end;
    long long number;

    if (fd < 0 || pread(fd, text, NOTE_SIZE, 0) != NOTE_SIZE)
        return 0;
    number = strtoll(text, &end, 10);
    return *end == '\n' && number > 0 && number < INT64_MAX / 2 ? number : 0;
}

int place_reason(const char *directory, int r)
{
    CLEANUP(closep) int fd = -1;
    struct statvfs disk;

    if (r != -EIO || statvfs(directory, &disk) < 0)
        return r;
    /* Of a file system that broke while it was in use, statvfs() still says that it can be written. */
    fd = open_note(directory, O_RDWR | O_CREAT);
    if (fd < 0 && (errno == EROFS || errno == ENOSPC || errno == EDQUOT))
        return -errno;
    return (uint64_t)disk.f_bavail * disk.f_frsize < LEAST_BYTES ? -ENOSPC : r;
}
