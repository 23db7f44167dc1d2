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

struct output_file {
    const struct context *context;
    const char *path; /* as it was given; NULL: stdout */
    char *place;      /* that the draft is to take; NULL: there is no draft */
    char *draft;
    mode_t mode;
    int fd;
};

void output_file_free(struct output_file *file)
{
    if (!file)
        return;
    if (file->draft)
        (void)unlink(file->draft);
    closep(&file->fd);
    free(file->draft);
    free(file->place);
    free(file);
}

/* Beside its place, which it takes at the end. Takes over `place`. */
static int open_draft(struct output_file *file, char *place, mode_t mode)
{
    char *draft = NULL;

    file->place = place;
    file->mode = mode;
    if (!place || asprintf(&draft, "%s.XXXXXX", place) < 0)
        return -ENOMEM;
    file->fd = mkostemp(draft, O_CLOEXEC);
    if (file->fd < 0) {
        int r = -errno;

        free(draft);
        return r;
    }
    file->draft = draft;
    return 0;
}

static int open_through(struct output_file *file)
{
    file->fd = open(file->path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    return file->fd < 0 ? -errno : 0;
}

static int open_path(struct output_file *file)
{
    CLEANUP(freep) char *resolved = realpath(file->path, NULL);
    struct stat there;

    if (resolved && stat(resolved, &there) == 0)
        return S_ISREG(there.st_mode) ? open_draft(file, TAKE(resolved), there.st_mode & 0777)
                                      : open_through(file);
    if (lstat(file->path, &there) == 0)
        return open_through(file); /* a link that leads to nothing yet */
    return open_draft(file, strdup(file->path), usual_mode());
}

int output_file_open(const struct context *context, const char *path, struct output_file **ret)
{
    CLEANUP(output_file_freep) struct output_file *file = calloc(1, sizeof(*file));
    int r = 0;

    if (!file)
        return -ENOMEM;
    file->context = context;
    file->fd = -1;
    if (!is_stdout(path)) {
        file->path = path;
        r = open_path(file);
    }
    if (r == -ENOMEM)
        return r;
    if (r < 0)
        return failed(context, path, r);
    *ret = TAKE(file);
    return 0;
}

int output_file_add(struct output_file *file, const void *bytes, size_t size)
{
    int r;

    if (!file->path)
        return fwrite(bytes, 1, size, stdout) == size ? 0 : EXIT_REFUSED;
    r = write_whole(file->fd, bytes, size);
    return r < 0 ? failed(file->context, file->path, r) : 0;
}

int output_file_close(struct output_file *file)
{
    if (!file->draft)
        return 0;
    if (fchmod(file->fd, file->mode) < 0 || fsync(file->fd) < 0 || rename(file->draft, file->place) < 0)
        return failed(file->context, file->path, -errno);
    free(TAKE(file->draft));
    return 0;
}

int output_file_write(const struct context *context, const char *path, const void *bytes, size_t size)
{
    CLEANUP(output_file_freep) struct output_file *file = NULL;
    int r = output_file_open(context, path, &file);

    if (r == 0)
        r = output_file_add(file, bytes, size);
    return r != 0 ? r : output_file_close(file);
}
