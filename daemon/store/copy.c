#include "store/store_copy.h"

#include "base/clock.h"
#include "store/place.h"
#include "store/reader.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* How long the reader's other requests wait behind a step, about, and what is copied between two looks at the
 * clock. */
#define TURN_USEC (20 * USEC_PER_MSEC)
#define PAGES_AT_ONCE 16

struct store_copy {
    struct sql *source; /* in one read transaction until the copy is whole */
    struct sql *target;
    sqlite3_backup *backup;
    char *path; /* of the file, while it has a name */
    int fd;
    uint64_t size;
};

/* In the order that SQLite wants. */
static void disconnect(struct store_copy *copy)
{
    if (copy->backup)
        (void)sqlite3_backup_finish(TAKE(copy->backup));
    sql_free(TAKE(copy->target));
    sql_free(TAKE(copy->source));
}

void store_copy_free(struct store_copy *copy)
{
    if (!copy)
        return;
    disconnect(copy);
    if (copy->path)
        (void)unlink(copy->path);
    free(copy->path);
    closep(&copy->fd);
    free(copy);
}
DEFINE_CLEANUP(struct store_copy *, store_copy_free)

/* From here on the source shows what was committed just now. */
static int open_source(struct store_copy *copy, const char *path)
{
    int64_t n_pages = 0;
    int64_t page_size = 0;
    int r = sql_open(path, SQLITE_OPEN_READONLY, &copy->source);

    if (r >= 0)
        r = sql_begin(copy->source, SQL_BEGIN_READ);
    if (r >= 0)
        r = sql_number(copy->source, "SELECT count(*) FROM sqlite_schema", &n_pages);
    if (r >= 0)
        r = sql_number(copy->source, "PRAGMA page_count", &n_pages);
    if (r >= 0)
        r = sql_number(copy->source, "PRAGMA page_size", &page_size);
    copy->size = (uint64_t)n_pages * (uint64_t)page_size;
    return r;
}

/* `more_bytes` are going to be written. */
static int check_room(const struct store_copy *copy, struct store_make_copy *make, uint64_t more_bytes)
{
    struct statvfs system;

    if (fstatvfs(copy->fd, &system) < 0)
        return -errno;
    make->free_bytes = (uint64_t)system.f_bavail * system.f_frsize;
    return make->free_bytes < make->min_free_bytes || make->free_bytes - make->min_free_bytes < more_bytes
        ? -ENOSPC
        : 0;
}

/* Ours alone, as nobody else makes a file of that name: who meets it finds a copy being made. */
static int make_file(struct store_copy *copy, const char *store_path)
{
    CLEANUP(freep) char *path = NULL;

    if (asprintf(&path, "%s" STORE_COPY_SUFFIX, store_path) < 0)
        return -ENOMEM;
    copy->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (copy->fd < 0)
        return -errno;
    copy->path = TAKE(path);
    return 0;
}

/* A crash may leave half a copy, which nobody wants: it needs neither journal nor sync. */
static int open_target(struct store_copy *copy)
{
    int r = sql_open(copy->path, SQLITE_OPEN_READWRITE, &copy->target);

    if (r >= 0)
        r = sql_execute(copy->target, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF");
    if (r < 0)
        return r;
    copy->backup = sqlite3_backup_init(copy->target->db, "main", copy->source->db, "main");
    return copy->backup ? 0 : sql_errno(sqlite3_errcode(copy->target->db));
}

static int begin(struct read_turn *turn, struct store_make_copy *make)
{
    const char *path = sqlite3_db_filename(turn->sql->db, "main");
    CLEANUP(store_copy_freep) struct store_copy *copy = calloc(1, sizeof(*copy));
    int r;

    if (!copy)
        return -ENOMEM;
    copy->fd = -1;
    r = make_file(copy, path);
    if (r >= 0)
        r = open_source(copy, path);
    make->size = copy->size;
    if (r >= 0)
        r = check_room(copy, make, copy->size);
    if (r >= 0)
        r = open_target(copy);
    if (r >= 0)
        make->copy = TAKE(copy);
    return r;
}

static int finish(struct store_copy *copy)
{
    int r = sql_errno(sqlite3_backup_finish(TAKE(copy->backup)));
    off_t size;

    disconnect(copy);
    if (r < 0)
        return r;
    size = lseek(copy->fd, 0, SEEK_END);
    if (size < 0 || unlink(copy->path) < 0)
        return -errno;
    free(TAKE(copy->path));
    return (uint64_t)size == copy->size ? 0 : -EIO;
}

/* 0 once it is whole. */
static int copy_some(struct store_copy *copy, struct store_make_copy *make)
{
    uint64_t end_usec = clock_boottime_usec() + TURN_USEC;
    int r = check_room(copy, make, 0);
    int status = SQLITE_OK;

    while (r >= 0 && status == SQLITE_OK && clock_boottime_usec() < end_usec) {
        status = sqlite3_backup_step(copy->backup, PAGES_AT_ONCE);
        r = sql_errno(status);
    }
    if (r < 0)
        return r;
    return status == SQLITE_DONE ? finish(copy) : READ_MORE;
}

int read_make_copy(struct read_turn *turn)
{
    struct store_make_copy *make = (struct store_make_copy *)turn->request;
    int r = make->copy ? 0 : begin(turn, make);

    if (!turn->state.begun)
        turn->state.last = clock_boottime_usec();
    turn->state.begun = true;
    if (r >= 0)
        r = copy_some(make->copy, make);
    if (r < 0) {
        store_copy_free(TAKE(make->copy));
        return r;
    }
    make->done = r == 0;
    make->size = make->copy->size;
    return make->done || clock_boottime_usec() >= turn->state.last + STORE_COPY_STEP_USEC ? 0 : READ_MORE;
}

int read_piece(struct read_turn *turn)
{
    struct store_read_piece *piece = (struct store_read_piece *)turn->request;
    size_t size = 0;

    while (size < piece->size) {
        ssize_t n = pread(
            piece->copy->fd, (char *)piece->bytes + size, piece->size - size, (off_t)(piece->offset + size));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            break;
        size += (size_t)n;
    }
    piece->size = size;
    return 0;
}
