#include "store/store_heal.h"
#include "store/writer.h"

#include "base/clock.h"
#include "store/place.h"
#include "store/schema.h"
#include <errno.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

/* For what the file system itself needs to note. */
#define MIN_LEFT_BYTES ((uint64_t)256 << 10)
/* Below that the log is to be short. */
#define TIGHT_BYTES ((uint64_t)128 << 20)

/* What has no row but one to change, and lets room be made. */
static bool makes_room(enum store_kind kind)
{
    return kind == STORE_REMOVE || kind == STORE_REMOVE_ENDED || kind == STORE_EXPIRE ||
        kind == STORE_SET_STATE || kind == STORE_END_REST || kind == STORE_SET_PRIORITY ||
        kind == STORE_ABORT || kind == STORE_PAUSE_HOST;
}

/* A migration may take long. */
static void show_life(void *userdata)
{
    struct writer *writer = userdata;

    writer->busy_since_usec = clock_boottime_usec();
}

static int reopen_file(struct writer *writer)
{
    struct sql *sql = NULL;
    struct schema_watch watch = {.migrating = show_life, .userdata = writer};
    uint64_t stopped_usec;
    int r = opening_write(writer->opening, &watch, &sql, &stopped_usec);

    if (r < 0)
        return place_reason(writer->opening->directory, r);
    if (writer->opening->blank != BLANK_NONE) {
        sql_free(sql);
        writer->is_outdated = true;
        return 0;
    }
    sql_replace(writer->sql, sql);
    writer_watch_log(writer);
    writer_watch_leaving(writer);
    writer->frozen = false;
    /* If that fails, the next transaction notes it. */
    (void)writer_note_size(writer);
    return 0;
}

static int heal(struct writer *writer)
{
    int r = writer->frozen ? reopen_file(writer) : 0;

    /* Until it is closed nothing is written. */
    if (writer->is_outdated)
        return 0;
    if (!writer->frozen && writer->opening->reserve.is_spent)
        writer_cut_log(writer);
    if (r >= 0)
        r = reserve_make(&writer->opening->reserve);
    if (r >= 0)
        writer->sweep = true;
    writer->failure = r;
    return r;
}

static bool may_run(const struct writer *writer, const struct store_request *request)
{
    return writer->failure == 0 || (!writer->frozen && makes_room(request->kind));
}

/* Moves what may not run from *list to *refused. */
static void pick(struct writer *writer, struct mail **list, struct mail **refused)
{
    while (*list) {
        struct mail *mail = *list;
        struct store_request *request = (struct store_request *)mail;

        if (request->kind == STORE_REOPEN)
            request->r = heal(writer);
        else if (!may_run(writer, request))
            request->r = writer->failure;
        if (request->kind != STORE_REOPEN && may_run(writer, request)) {
            list = &mail->next;
            continue;
        }
        *list = mail->next;
        mail->next = NULL;
        *refused = mail;
        refused = &mail->next;
    }
}

void writer_hold_back(struct writer *writer)
{
    struct mail *refused[2] = {NULL, NULL};

    pick(writer, &writer->going, &refused[0]);
    pick(writer, &writer->waiting, &refused[1]);
    writer_answer(writer, refused[0], 0);
    writer_answer(writer, refused[1], 0);
}

bool writer_spend_reserve(struct writer *writer)
{
    if (writer->failure < 0 || !reserve_give_up(&writer->opening->reserve))
        return false;
    writer->failure = -ENOSPC;
    /* With that there may be room to fold it. */
    writer_restart_log(writer);
    return true;
}

bool writer_makes_room(const struct mail *first)
{
    for (; first; first = first->next)
        if (makes_room(((const struct store_request *)first)->kind))
            return true;
    return false;
}

/* How much longer the file becomes when the log is folded into it. */
static uint64_t growth(struct writer *writer)
{
    struct stat file;
    uint64_t bytes = writer->pages * SCHEMA_PAGE_SIZE;

    if (stat(writer->opening->path, &file) < 0 || (uint64_t)file.st_size >= bytes)
        return 0;
    return bytes - (uint64_t)file.st_size;
}

int writer_check_room(struct writer *writer, const struct mail *first)
{
    struct statvfs disk;
    uint64_t grown = writer->grown = growth(writer);

    if (statvfs(writer->opening->path, &disk) < 0)
        return 0;
    writer->is_tight = (uint64_t)disk.f_bavail * disk.f_frsize < TIGHT_BYTES;
    if (grown == 0 || writer->failure < 0 || writer_makes_room(first))
        return 0;
    /* Once in the log, and once in the file. */
    return (uint64_t)disk.f_bavail * disk.f_frsize < 2 * grown + MIN_LEFT_BYTES ? -ENOSPC : 0;
}
