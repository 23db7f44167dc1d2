#include "store/store_restore.h"

#include "base/write.h"
#include "store/place.h"
#include "store/restore_owners.h"
#include "store/schema.h"
#include "store/sql.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_SIZE ((size_t)1 << 20)

struct restore {
    struct place_hold hold;
    char *path, *log_path, *index_path; /* of the store */
    char *new_path;                     /* of what is to become the store */
};

static void restore_deinit(struct restore *restore)
{
    free(restore->path);
    free(restore->log_path);
    free(restore->index_path);
    free(restore->new_path);
    place_unlock(&restore->hold);
}

/* ---- the store that is there ---- */

/* -ENOTEMPTY unless it is sure that no job is there. */
static int check_empty(const char *path)
{
    CLEANUP(sql_freep) struct sql *sql = NULL;
    struct stat status;
    int64_t n = 0;
    int r;

    if (stat(path, &status) < 0)
        return errno == ENOENT ? 0 : -errno;
    if (status.st_size == 0)
        return 0;
    r = sql_open(path, SQLITE_OPEN_READONLY, &sql);
    if (r >= 0)
        r = sql_number(sql, "SELECT count(*) FROM sqlite_schema", &n);
    if (r >= 0 && n == 0)
        return 0;
    if (r >= 0)
        r = sql_number(sql, "SELECT count(*) FROM job", &n);
    return r < 0 || n > 0 ? -ENOTEMPTY : 0;
}

/* ---- the backup ---- */

static int copy_bytes(int from, int to)
{
    CLEANUP(freep) char *bytes = malloc(READ_SIZE);
    int r = bytes ? 0 : -ENOMEM;

    while (r == 0) {
        ssize_t n = read(from, bytes, READ_SIZE);

        if (n == 0)
            break;
        if (n > 0)
            r = write_whole(to, bytes, (size_t)n);
        else if (errno != EINTR)
            r = -errno;
    }
    return r;
}

static int copy_file(const struct restore *restore, int from)
{
    CLEANUP(closep)
    int to = open(restore->new_path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    int r = to < 0 ? -errno : copy_bytes(from, to);

    return r == 0 && fsync(to) < 0 ? -errno : r;
}

/* SQLite takes what is missing of the last page for zeros. */
static int check_size(struct sql *sql, const char *path)
{
    struct stat status;
    int64_t n_pages = 0;
    int64_t page_size = 0;
    int r = sql_number(sql, "PRAGMA page_count", &n_pages);

    if (r >= 0)
        r = sql_number(sql, "PRAGMA page_size", &page_size);
    if (r >= 0 && stat(path, &status) < 0)
        r = -errno;
    return r < 0 ? r : status.st_size == n_pages * page_size ? 0 : -EUCLEAN;
}

/* Every page and index of it. */
static int check_pages(struct sql *sql)
{
    sqlite3_stmt *statement = NULL;
    int status = sqlite3_prepare_v2(sql->db, "PRAGMA integrity_check(1)", -1, &statement, NULL);
    int r;

    if (status == SQLITE_OK)
        status = sqlite3_step(statement);
    r = sql_errno(status);
    if (status == SQLITE_ROW && strcmp((const char *)sqlite3_column_text(statement, 0), "ok") != 0)
        r = -EUCLEAN;
    (void)sqlite3_finalize(statement);
    return r;
}

/* Before SQLite looks at it, to whom a file that is cut short and one that was never ours are the same. The
 * places are those of SQLite's file format, 1.3. */
static int check_header(const char *path)
{
    CLEANUP(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);
    unsigned char header[100];
    ssize_t n = fd < 0 ? -1 : pread(fd, header, sizeof(header), 0);

    if (n < 0)
        return -errno;
    if (n < (ssize_t)sizeof(header) || memcmp(header, "SQLite format 3", 16) != 0 || header[68] != 'u' ||
        header[69] != 'r' || header[70] != 'l' || header[71] != 's')
        return -EBADMSG;
    return 0;
}

static int check_backup(struct sql *sql, const char *path)
{
    int64_t version = 0;
    int r = sql_number(sql, "PRAGMA user_version", &version);

    if (r < 0)
        return r;
    if (version > schema_current.n_versions)
        return -EPROTONOSUPPORT;
    r = version < 1 ? -EUCLEAN : check_size(sql, path);
    return r < 0 ? r : check_pages(sql);
}

static int take_in(struct sql *sql, store_owner owner, void *userdata, struct store_restored *ret)
{
    int64_t n_jobs = 0;
    int64_t n_urls = 0;
    int r = sql_execute(sql, "BEGIN IMMEDIATE");

    if (r >= 0)
        r = restore_owners(sql, owner, userdata);
    if (r >= 0)
        r = sql_number(sql, "SELECT count(*) FROM job WHERE state < 100", &n_jobs);
    if (r >= 0)
        r = sql_number(sql, "SELECT coalesce(sum(total), 0) FROM job WHERE state < 100", &n_urls);
    if (r >= 0)
        r = sql_execute(sql, "COMMIT");
    if (r >= 0)
        *ret = (struct store_restored){.jobs = (uint64_t)n_jobs, .urls = (uint64_t)n_urls};
    return r;
}

/* All of it into the one file: what closing it does not bring there, nobody hears of. */
static int fold_log(struct sql *sql)
{
    return sql_errno(sqlite3_wal_checkpoint_v2(sql->db, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL));
}

static int prepare(
    const struct restore *restore, store_owner owner, void *userdata, struct store_restored *ret)
{
    CLEANUP(sql_freep) struct sql *sql = NULL;
    int r = check_header(restore->new_path);

    if (r >= 0)
        r = sql_open(restore->new_path, SQLITE_OPEN_READWRITE, &sql);
    if (r >= 0)
        r = check_backup(sql, restore->new_path);
    if (r >= 0)
        r = take_in(sql, owner, userdata, ret);
    return r < 0 ? r : fold_log(sql);
}

/* ---- putting it in place ---- */

/* Whoever runs the daemon has to have them: the owner of the directory. */
static int give(const char *directory, const struct restore *restore)
{
    struct stat status;

    if (stat(directory, &status) < 0)
        return -errno;
    if (status.st_uid == geteuid())
        return 0;
    if ((restore->hold.file_fd >= 0 && fchown(restore->hold.file_fd, status.st_uid, status.st_gid) < 0) ||
        chown(restore->new_path, status.st_uid, status.st_gid) < 0)
        return -errno;
    return 0;
}

static int sync_path(const char *path)
{
    CLEANUP(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);

    return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

/* The log of the empty store must not be taken for one of the new file. */
static int put_in_place(const char *directory, const struct restore *restore)
{
    int r = give(directory, restore);

    if (r == 0)
        r = sync_path(restore->new_path);
    if (r < 0)
        return r;
    if ((unlink(restore->log_path) < 0 && errno != ENOENT) ||
        (unlink(restore->index_path) < 0 && errno != ENOENT) || rename(restore->new_path, restore->path) < 0)
        return -errno;
    return sync_path(directory);
}

static int find_paths(const char *directory, struct restore *restore)
{
    int r = place_path(directory, STORE_FILE, &restore->path);

    if (r == 0)
        r = place_path(directory, STORE_FILE "-wal", &restore->log_path);
    if (r == 0)
        r = place_path(directory, STORE_FILE "-shm", &restore->index_path);
    if (r == 0)
        r = place_path(directory, STORE_FILE STORE_RESTORED_SUFFIX, &restore->new_path);
    return r;
}

int store_restore(
    const char *directory, int fd, store_owner owner, void *userdata, struct store_restored *ret)
{
    CLEANUP(restore_deinit) struct restore restore = {.hold = PLACE_FREE};
    struct store_restored restored = {0};
    int r = find_paths(directory, &restore);

    if (r >= 0)
        r = place_lock(directory, &restore.hold);
    if (r >= 0)
        r = place_sweep(directory);
    if (r >= 0)
        r = check_empty(restore.path);
    if (r < 0)
        return r;
    r = copy_file(&restore, fd);
    if (r >= 0)
        r = prepare(&restore, owner, userdata, &restored);
    if (r >= 0)
        r = put_in_place(directory, &restore);
    if (r < 0) {
        (void)place_sweep(directory);
        return r;
    }
    *ret = restored;
    return 0;
}
