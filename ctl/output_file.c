#include "ctl/output_file.h"

#include "ctl/say.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

struct output_file {
    FILE *stream;
    bool is_stdout;
    const char *path; /* the user's */
    char *draft;      /* where it is written until it is whole; NULL: nowhere else */
};

static int failed(const struct context *context, const struct output_file *file, int error)
{
    return say_failure(context, EXIT_REFUSED, FAILURE_SYSTEM, "cannot write to %s: %s",
        file->is_stdout ? "stdout" : file->path, strerror(error));
}

static int open_stdout(const struct context *context, struct output_file *file)
{
    if (isatty(STDOUT_FILENO))
        return say_usage(context, "this is no text for a terminal: name a FILE, or redirect stdout");
    file->is_stdout = true;
    file->stream = stdout;
    return 0;
}

/* As a new file would have them. */
static mode_t usual_mode(void)
{
    mode_t mask = umask(0);

    (void)umask(mask);
    return 0666 & ~mask;
}

static int open_draft(const struct context *context, struct output_file *file, const struct stat *there)
{
    CLEANUP(closep) int fd = -1;

    if (asprintf(&file->draft, "%s.XXXXXX", file->path) < 0) {
        file->draft = NULL;
        return -ENOMEM;
    }
    fd = mkostemp(file->draft, O_CLOEXEC);
    if (fd < 0) {
        int error = errno;

        free(TAKE(file->draft));
        return failed(context, file, error);
    }
    if (fchmod(fd, there ? there->st_mode & 0777 : usual_mode()) < 0)
        return failed(context, file, errno);
    file->stream = fdopen(fd, "w");
    if (!file->stream)
        return -ENOMEM;
    (void)take_fd(&fd);
    return 0;
}

int output_file_open(struct context *context, const char *path, struct output_file **ret)
{
    CLEANUP(output_file_freep) struct output_file *file = calloc(1, sizeof(*file));
    struct stat there;
    bool exists;
    int r;

    if (!file)
        return -ENOMEM;
    file->path = path;
    if (!path || strcmp(path, "-") == 0) {
        r = open_stdout(context, file);
    } else {
        exists = stat(path, &there) == 0;
        if (!exists || S_ISREG(there.st_mode)) {
            r = open_draft(context, file, exists ? &there : NULL);
        } else {
            file->stream = fopen(path, "we");
            r = file->stream ? 0 : failed(context, file, errno);
        }
    }
    if (r == 0)
        *ret = TAKE(file);
    return r;
}

FILE *output_file_stream(struct output_file *file)
{
    return file->stream;
}

int output_file_commit(struct context *context, struct output_file *file)
{
    bool whole = fflush(file->stream) == 0 && !ferror(file->stream);

    if (whole && file->draft)
        whole = fsync(fileno(file->stream)) == 0 && rename(file->draft, file->path) == 0;
    if (!whole)
        return failed(context, file, errno ? errno : EIO);
    free(TAKE(file->draft));
    return 0;
}

void output_file_free(struct output_file *file)
{
    if (!file)
        return;
    if (file->stream && !file->is_stdout)
        (void)fclose(file->stream);
    if (file->draft)
        (void)unlink(file->draft);
    free(file->draft);
    free(file);
}
