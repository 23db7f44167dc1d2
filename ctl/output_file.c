#include "ctl/output_file.h"

#include "base/cleanup.h"
#include "base/write.h"
#include "ctl/say.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static bool is_stdout(const char *path)
{
    return !path || strcmp(path, "-") == 0;
}

static int failed(const struct context *context, const char *path, int r)
{
    return say_failure(
        context, EXIT_REFUSED, FAILURE_SYSTEM, "cannot write to \"%s\": %s", path, strerror(-r));
}

int output_file_check(const struct context *context, const char *path)
{
    struct stat there;

    if (is_stdout(path))
        return isatty(STDOUT_FILENO)
            ? say_usage(context, "this is no text for a terminal: name a FILE, or redirect stdout")
            : 0;
    if (*path == '\0')
        return say_usage(context, "the name of a FILE is not empty");
    if (stat(path, &there) == 0 && S_ISDIR(there.st_mode))
        return failed(context, path, -EISDIR);
    return access(path, W_OK) < 0 && errno != ENOENT ? failed(context, path, -errno) : 0;
}

/* As a new file would have them. */
static mode_t usual_mode(void)
{
    mode_t mask = umask(0);

    (void)umask(mask);
    return 0666 & ~mask;
}

static int replace(const char *path, mode_t mode, const void *bytes, size_t size)
{
    CLEANUP(freep) char *draft = NULL;
    CLEANUP(closep) int fd = -1;
    int r;

    if (asprintf(&draft, "%s.XXXXXX", path) < 0) {
        draft = NULL;
        return -ENOMEM;
    }
    fd = mkostemp(draft, O_CLOEXEC);
    if (fd < 0)
        return -errno;
    r = write_whole(fd, bytes, size);
    if (r == 0 && (fchmod(fd, mode) < 0 || fsync(fd) < 0 || rename(draft, path) < 0))
        r = -errno;
    if (r < 0)
        (void)unlink(draft);
    return r;
}

static int write_through(const char *path, const void *bytes, size_t size)
{
    CLEANUP(closep) int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

    return fd < 0 ? -errno : write_whole(fd, bytes, size);
}

int output_file_write(const struct context *context, const char *path, const void *bytes, size_t size)
{
    CLEANUP(freep) char *resolved = NULL;
    struct stat there;
    int r;

    if (is_stdout(path)) {
        (void)fwrite(bytes, 1, size, stdout);
        return 0;
    }
    resolved = realpath(path, NULL);
    if (resolved && stat(resolved, &there) == 0)
        r = S_ISREG(there.st_mode) ? replace(resolved, there.st_mode & 0777, bytes, size)
                                   : write_through(resolved, bytes, size);
    else if (lstat(path, &there) == 0)
        r = write_through(path, bytes, size); /* a link that leads to nothing yet */
    else
        r = replace(path, usual_mode(), bytes, size);
    return r < 0 ? failed(context, path, r) : 0;
}
