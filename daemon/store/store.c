#include "store/store.h"

#include "base/clock.h"
#include "store/damage.h"
#include "store/opening.h"
#include "store/place.h"
#include "store/reader.h"
#include "store/writer.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

struct store {
    struct place_hold hold;
    struct opening opening;
    char *log_path;
    struct writer *writer;
    struct store_reader *reader;
    uint64_t stopped_usec;
    char *damaged_path; /* NULL: none was found */
};

int store_failure(const struct store *store)
{
    return store->writer->failure;
}

bool store_may_heal(const struct store *store)
{
    return place_reason(store->opening.directory, -EIO) == -EIO;
}

static bool met_damage(const struct store *store)
{
    return (store->writer && (store->writer->sql->damaged || store->writer->failure == -EUCLEAN)) ||
        (store->reader && store_reader_is_damaged(store->reader));
}

/* While it cannot be set aside either, its reader goes on with what is whole. */
bool store_is_damaged(const struct store *store)
{
    int failure = store->writer ? store->writer->failure : 0;

    if (!met_damage(store))
        return false;
    return failure == 0 || failure == -EUCLEAN || (!store->writer->frozen && store_may_heal(store));
}

bool store_is_stuck_damaged(const struct store *store)
{
    return (store->opening.blank == BLANK_DAMAGED || met_damage(store)) && !store_is_damaged(store);
}

bool store_is_older(const struct store *store)
{
    return store->opening.blank == BLANK_OLDER;
}

bool store_is_outdated(const struct store *store)
{
    return store->writer->is_outdated;
}

const char *store_file(const struct store *store)
{
    return store->opening.path;
}

static void store_free(struct store *store)
{
    bool damaged = store && store_is_damaged(store);

    if (!store)
        return;
    /* The writer last: the reader hands trims to it, and it folds the log into the file when nobody else is
     * there. */
    store_reader_free(store->reader);
    writer_free(store->writer);
    /* Where that fails, it will be found damaged again. */
    if (damaged)
        (void)damage_set_aside(store->opening.path);
    opening_deinit(&store->opening);
    free(store->log_path);
    free(store->damaged_path);
    place_unlock(&store->hold);
    free(store);
}
DEFINE_CLEANUP(struct store *, store_free)

const char *store_damaged_file(struct store *store)
{
    if (store->damaged_path && access(store->damaged_path, F_OK) == 0)
        return store->damaged_path;
    free(TAKE(store->damaged_path));
    (void)damage_find(store->opening.directory, &store->damaged_path);
    return store->damaged_path;
}

static int open_writer(struct store *store, const struct store_settings *settings)
{
    struct sql *sql = NULL;
    struct schema_watch watch = {
        .migrating = settings->migrating, .userdata = settings->userdata, .keeps_copy = settings->is_again};
    int r = opening_write(&store->opening, &watch, &sql, &store->stopped_usec);

    if (r < 0)
        return r;
    /* There may be no room for it. What was given up is the writer's to make again. */
    if (!store->opening.reserve.is_spent)
        (void)reserve_make(&store->opening.reserve);
    return writer_new(sql, settings, &store->opening, 0, &store->writer);
}

/* Takes `sql`. */
static int add_reader(
    struct store *store, const struct store_settings *settings, struct sql *sql, bool frozen)
{
    return store_reader_new(
        sql, &store->opening, frozen, &store->writer->inbox, settings->replies, &store->reader);
}

static int open_reader(struct store *store, const struct store_settings *settings)
{
    struct sql *sql = NULL;
    int r = opening_read(&store->opening, &sql);

    return r < 0 ? r : add_reader(store, settings, sql, false);
}

/* What is damaged from the start is set aside, once. What a full disk lacks the reserve may give. */
static int open_both(struct store *store, const struct store_settings *settings)
{
    struct opening *opening = &store->opening;
    int r = open_writer(store, settings);

    if (r == -EUCLEAN) {
        r = damage_set_aside(opening->path);
        if (r >= 0)
            r = open_writer(store, settings);
    }
    if (r < 0)
        r = place_reason(opening->directory, r);
    if (r == -ENOSPC && reserve_give_up(&opening->reserve))
        r = open_writer(store, settings);
    return r < 0 ? r : open_reader(store, settings);
}

/* What stands for a file that could neither be written, for `why`, nor read, for `r`. Renaming needs no room.
 */
static int open_blank(struct store *store, int r, int why, struct sql **ret)
{
    struct opening *opening = &store->opening;

    if (r == -EPROTONOSUPPORT || r == -EMEDIUMTYPE)
        return r;
    if (why != -ENOSPC && why != -EDQUOT && why != -EROFS)
        return r == -EUCLEAN ? r : why;
    if (r == -EUCLEAN && damage_set_aside(opening->path) >= 0)
        r = -ENOENT;
    if (r != -ENOENT && r != -ESTALE && r != -EUCLEAN)
        return why;
    opening->blank = r == -ENOENT ? BLANK_NEW : r == -ESTALE ? BLANK_OLDER : BLANK_DAMAGED;
    return opening_read_blank(ret);
}

/* Reading goes on where writing cannot begin: `why`, which comes back if that fails as well, unless that
 * tells more. */
static int open_frozen(struct store *store, const struct store_settings *settings, int why)
{
    CLEANUP(sql_freep) struct sql *reader = NULL;
    struct sql *writer = NULL;
    int64_t stopped_usec = 0;
    int r = opening_read_frozen(&store->opening, &reader);

    if (r < 0)
        r = open_blank(store, r, why, &reader);
    else if (sql_number(reader, "SELECT max(usec) FROM stop", &stopped_usec) < 0)
        stopped_usec = 0;
    if (r >= 0)
        r = opening_nothing(&writer);
    if (r >= 0)
        r = writer_new(writer, settings, &store->opening, why, &store->writer);
    if (r < 0)
        return r;
    store->stopped_usec = stopped_usec > 0 ? (uint64_t)stopped_usec : 0;
    return add_reader(store, settings, TAKE(reader), store->opening.blank == BLANK_NONE);
}

static int open_somehow(struct store *store, const struct store_settings *settings)
{
    int r = open_both(store, settings);

    if (r >= 0 || !opening_may_freeze(r))
        return r;
    writer_free(TAKE(store->writer));
    return open_frozen(store, settings, place_reason(store->opening.directory, r));
}

int store_open(const struct store_settings *settings, struct store **ret)
{
    CLEANUP(store_freep) struct store *store = calloc(1, sizeof(*store));
    int r;

    if (!store)
        return -ENOMEM;
    store->hold = PLACE_FREE;
    /* Statistics that nobody asks for would take a lock of the whole process with every allocation. Refused,
     * which does no harm, where SQLite is in use already. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    r = opening_init(&store->opening, settings->directory, settings->reserve_bytes);
    store->opening.sync_full = settings->sync_full;
    store->opening.cache_bytes = settings->cache_bytes;
    if (r >= 0)
        r = place_lock(settings->directory, &store->hold);
    if (r >= 0)
        r = place_sweep(settings->directory);
    if (r >= 0)
        r = place_path(settings->directory, STORE_FILE "-wal", &store->log_path);
    if (r >= 0)
        r = open_somehow(store, settings);
    if (r < 0)
        return r;
    *ret = TAKE(store);
    return 0;
}

void store_close(struct store *store)
{
    store_free(store);
}

static void deliver(struct mail *mail, void *receiver)
{
    struct store_request *request = (struct store_request *)mail;

    request->done(request, receiver);
}

/* Of a file of which nothing is shown: that there is none yet may be seen, else why it cannot be read. */
static int check_shown(const struct store *store, enum store_kind kind)
{
    if (kind < STORE_READ_JOBS || kind == STORE_RENEW)
        return 0;
    switch (store->opening.blank) {
    case BLANK_NONE:
        return 0;
    case BLANK_NEW:
        return kind == STORE_MAKE_COPY ? store_failure(store) : 0;
    case BLANK_OLDER:
        return -ESTALE;
    case BLANK_DAMAGED:
        return -EUCLEAN;
    }
    return 0;
}

void store_submit(struct store *store, struct store_request *request)
{
    int r = check_shown(store, request->kind);

    request->mail.deliver = deliver;
    if (r < 0) {
        request->r = r;
        mailbox_post(store->writer->replies, &request->mail);
    } else if (request->kind < STORE_READ_JOBS) {
        writer_post(store->writer, request);
    } else {
        store_reader_post(store->reader, request);
    }
}

void store_tune(struct store *store, bool sync_full, uint64_t cache_bytes)
{
    /* Before the threads hear of it: whatever they open from then on has these. */
    store->opening.sync_full = sync_full;
    store->opening.cache_bytes = cache_bytes;
    tuning_change(&store->writer->tuning, &store->writer->inbox, sync_full, cache_bytes);
    store_reader_tune(store->reader, sync_full, cache_bytes);
}

void store_drop_caches(struct store *store)
{
    tuning_drop_caches(&store->writer->tuning, &store->writer->inbox);
    store_reader_drop_caches(store->reader);
}

uint64_t store_stopped_usec(const struct store *store)
{
    return store->stopped_usec <= clock_realtime_usec() ? store->stopped_usec : 0;
}

void store_get_pulse(struct store *store, struct store_pulse *ret)
{
    ret->writer_busy_since_usec = store->writer->busy_since_usec;
    ret->reader_busy_since_usec = store_reader_busy_since_usec(store->reader);
}

uint64_t store_used_bytes(const struct store *store)
{
    return store->writer->used_bytes;
}

uint64_t store_leaving_bytes(const struct store *store)
{
    return store->writer->leaving_bytes;
}

static uint64_t file_size(const char *path)
{
    struct stat status;

    return stat(path, &status) < 0 ? 0 : (uint64_t)status.st_size;
}

void store_get_stats(struct store *store, struct store_stats *ret)
{
    struct writer *writer = store->writer;
    struct statvfs file_system;

    *ret = (struct store_stats){
        .transactions = writer->transactions,
        .write_requests = writer->requests,
        .write_usec = writer->write_usec,
        .commit_usec = writer->commit_usec,
        .database_bytes = file_size(store->opening.path),
        .wal_bytes = file_size(store->log_path),
        .used_bytes = writer->used_bytes,
        .pages_read = store_reader_pages_read(store->reader),
    };
    pthread_mutex_lock(&writer->batches_lock);
    ret->batch_requests = writer->batch_requests;
    ret->batch_seconds = writer->batch_seconds;
    pthread_mutex_unlock(&writer->batches_lock);
    if (statvfs(store->opening.directory, &file_system) == 0)
        ret->free_bytes = (uint64_t)file_system.f_bavail * file_system.f_frsize;
}
