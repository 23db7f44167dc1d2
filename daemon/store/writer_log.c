#include "store/writer.h"

#include <sys/stat.h>

/* Where the log is folded back into the file, and where that waits for readers to make it start anew. */
#define FOLD_PAGES 1024
#define RESTART_PAGES 4096
#define RESTART_WAIT_MSEC 100
/* Where the disk has little room it is folded as soon as that makes the file so much longer. */
#define TIGHT_FOLD_BYTES ((uint64_t)1 << 20)
/* What is shorter is not worth giving back: it would grow again. */
#define MIN_CUT_BYTES (1 << 20)

/* Waits for readers, so that the log can start anew. One that stays (a backup, a stranger) is not waited for
 * again until the log has grown as much once more. */
static int checkpoint(struct writer *writer, int mode)
{
    int status;

    (void)sqlite3_busy_timeout(writer->sql->db, RESTART_WAIT_MSEC);
    status = sqlite3_wal_checkpoint_v2(writer->sql->db, NULL, mode, NULL, NULL);
    (void)sqlite3_busy_timeout(writer->sql->db, SQL_BUSY_MSEC);
    return status;
}

void writer_restart_log(struct writer *writer)
{
    (void)checkpoint(writer, SQLITE_CHECKPOINT_RESTART);
}

static void restart_log(struct writer *writer, int pages)
{
    int status = checkpoint(writer, SQLITE_CHECKPOINT_RESTART);

    writer->restart_pages = status == SQLITE_OK ? RESTART_PAGES : pages + RESTART_PAGES;
}

void writer_fold_log(struct writer *writer, int min_pages)
{
    int pages = writer->log_pages;

    if (pages < min_pages)
        return;
    writer->log_pages = 0;
    if (pages >= writer->restart_pages)
        restart_log(writer, pages);
    else
        (void)sqlite3_wal_checkpoint_v2(writer->sql->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

/* On a full disk the log has no more room than it has: it is to begin anew at once. */
int writer_fold_pages(const struct writer *writer)
{
    return writer->failure < 0 || (writer->is_tight && writer->grown >= TIGHT_FOLD_BYTES) ? 1 : FOLD_PAGES;
}

static int note_log(void *userdata, sqlite3 *db, const char *name, int pages)
{
    struct writer *writer = userdata;

    writer->log_pages = pages;
    return SQLITE_OK;
}

void writer_watch_log(struct writer *writer)
{
    (void)sqlite3_wal_hook(writer->sql->db, note_log, writer);
    writer->restart_pages = RESTART_PAGES;
}

/* The disk gets the log back, too, if it is large: all of it is in the file. Where a reader is in the way,
 * the end of the next sweep does it. */
void writer_cut_log(struct writer *writer)
{
    struct stat log;

    writer_fold_log(writer, 1);
    if (stat(sqlite3_filename_wal(sqlite3_db_filename(writer->sql->db, "main")), &log) < 0 ||
        log.st_size < MIN_CUT_BYTES)
        return;
    (void)checkpoint(writer, SQLITE_CHECKPOINT_TRUNCATE);
}
