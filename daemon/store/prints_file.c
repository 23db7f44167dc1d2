#include "store/prints_file.h"

#include "base/cleanup.h"
#include "store/place.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

void store_prints_free(struct store_prints *prints)
{
    if (!prints)
        return;
    closep(&prints->fd);
    free(prints->sources);
    free(prints);
}

/* Where the file system knows no nameless files it loses its name at once. */
static int open_nameless(const char *directory)
{
    CLEANUP(freep) char *path = NULL;
    int fd = open(directory, O_TMPFILE | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    int r;

    if (fd >= 0)
        return fd;
    if (errno != EOPNOTSUPP && errno != EISDIR)
        return -errno;
    r = place_path(directory, STORE_FILE STORE_PRINTS_SUFFIX, &path);
    if (r < 0)
        return r;
    fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return -errno;
    (void)unlink(path);
    return fd;
}

int prints_file_new(const char *directory, struct store_prints **ret)
{
    struct store_prints *prints = calloc(1, sizeof(*prints));

    if (!prints)
        return -ENOMEM;
    prints->fd = open_nameless(directory);
    if (prints->fd < 0) {
        int r = prints->fd;

        store_prints_free(prints);
        return r;
    }
    *ret = prints;
    return 0;
}

int prints_compare(const struct store_print *left, const struct store_print *right)
{
    if (left->high != right->high)
        return left->high < right->high ? -1 : 1;
    return left->low < right->low ? -1 : left->low > right->low;
}

int prints_compare_any(const void *left, const void *right)
{
    return prints_compare(left, right);
}

int prints_append(struct store_prints *prints, const struct store_print *written, size_t n)
{
    const char *bytes = (const char *)written;
    size_t size = n * sizeof(*written);
    off_t offset = (off_t)(prints->end * sizeof(*written));

    while (size > 0) {
        ssize_t put = pwrite(prints->fd, bytes, size, offset);

        if (put < 0 && errno != EINTR)
            return -errno;
        if (put > 0) {
            bytes += put;
            offset += put;
            size -= (size_t)put;
        }
    }
    prints->runs[prints->n_runs].n += n;
    prints->end += n;
    return 0;
}

int prints_read(const struct store_prints *prints, uint64_t at, struct store_print *ret, size_t n)
{
    char *bytes = (char *)ret;
    size_t size = n * sizeof(*ret);
    off_t offset = (off_t)(at * sizeof(*ret));

    while (size > 0) {
        ssize_t got = pread(prints->fd, bytes, size, offset);

        if (got == 0)
            return -EIO;
        if (got < 0 && errno != EINTR)
            return -errno;
        if (got > 0) {
            bytes += got;
            offset += got;
            size -= (size_t)got;
        }
    }
    return 0;
}
