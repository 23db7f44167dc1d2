#include "store/store.h"

#include "base/clock.h"
#include "store/damage.h"
#include "store/place.h"
#include "store/reader.h"
#include "store/schema.h"
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
    int lock_fd;
    char *path;
    char *log_path;
    struct writer *writer;
    struct store_reader *reader;
    uint64_t stopped_usec;
    char *directory;
    char *damaged_path; /* NULL: none was found */
};

bool store_is_damaged(const struct store *store)
{
    return (store->writer && store->writer->sql->damaged) ||
        (store->reader && store_reader_is_damaged(store->reader));
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
        (void)damage_set_aside(store->path);
    free(store->path);
    free(store->log_path);
    free(store->directory);
    free(store->damaged_path);
    closep(&store->lock_fd);
    free(store);
}
DEFINE_CLEANUP(struct store *, store_free)

/* From here on, until it is closed, it counts as not stopped in good order. */
static int take_stop(struct sql *sql, uint64_t *ret_usec)
{
    int64_t usec = 0;
    int r = sql_number(sql, "SELECT max(usec) FROM stop", &usec);

    if (r >= 0)
        r = sql_execute(sql, "UPDATE stop SET usec = 0");
    if (r >= 0)
        *ret_usec = usec > 0 ? (uint64_t)usec : 0;
    return r;
}

const char *store_damaged_file(struct store *store)
{
    if (store->damaged_path && access(store->damaged_path, F_OK) == 0)
        return store->damaged_path;
    free(TAKE(store->damaged_path));
    (void)damage_find(store->directory, &store->damaged_path);
    return store->damaged_path;
}

/* Numbers of jobs go on behind those of a file that was set aside. */
static int go_on_counting(struct store *store, struct sql *sql)
{
    const char *damaged = store_damaged_file(store);
    int64_t last = damaged ? damage_last_job(damaged) : 0;
    char text[160];

    if (last == 0)
        return 0;
    (void)snprintf(text, sizeof(text),
        "INSERT INTO sqlite_sequence (name, seq) SELECT 'job', %lld"
        " WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'job')",
        (long long)last);
    return sql_execute(sql, text);
}

static int open_writer(struct store *store, const struct store_settings *settings)
{
    struct sql *sql = NULL;
    struct schema_watch watch = {.migrating = settings->migrating, .userdata = settings->userdata};
    int r = schema_open(store->path, &schema_current, &watch, &sql);

    if (r < 0)
        return r;
    r = tuning_open(sql, settings->sync_full, settings->cache_bytes);
    if (r >= 0)
        r = take_stop(sql, &store->stopped_usec);
    if (r >= 0)
        r = go_on_counting(store, sql);
    if (r < 0) {
        sql_free(sql);
        return r;
    }
    return writer_new(sql, settings, &store->writer);
}

static int open_reader(struct store *store, const struct store_settings *settings)
{
    struct sql *sql = NULL;
    int r = sql_open(store->path, SQLITE_OPEN_READONLY, &sql);

    if (r < 0)
        return r;
    r = tuning_open(sql, settings->sync_full, settings->cache_bytes);
    if (r < 0) {
        sql_free(sql);
        return r;
    }
    return store_reader_new(sql, store->directory, &store->writer->inbox, settings->replies, &store->reader);
}

/* What is damaged from the start is set aside, once. */
static int open_both(struct store *store, const struct store_settings *settings)
{
    int r = open_writer(store, settings);

    if (r == -EUCLEAN) {
        r = damage_set_aside(store->path);
        if (r >= 0)
            r = open_writer(store, settings);
    }
    return r < 0 ? r : open_reader(store, settings);
}

int store_open(const struct store_settings *settings, struct store **ret)
{
    CLEANUP(store_freep) struct store *store = calloc(1, sizeof(*store));
    int r;

    if (!store)
        return -ENOMEM;
    store->lock_fd = -1;
    /* Statistics that nobody asks for would take a lock of the whole process with every allocation. Refused,
     * which does no harm, where SQLite is in use already. */
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
    r = place_lock(settings->directory, &store->lock_fd);
    if (r >= 0)
        r = place_sweep(settings->directory);
    if (r >= 0)
        r = place_path(settings->directory, STORE_FILE, &store->path);
    if (r >= 0)
        r = place_path(settings->directory, STORE_FILE "-wal", &store->log_path);
    if (r >= 0)
        r = (store->directory = strdup(settings->directory)) ? 0 : -ENOMEM;
    if (r >= 0)
        r = open_both(store, settings);
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

void store_submit(struct store *store, struct store_request *request)
{
    request->mail.deliver = deliver;
    if (request->kind < STORE_READ_JOBS)
        writer_post(store->writer, request);
    else
        store_reader_post(store->reader, request);
}

void store_tune(struct store *store, bool sync_full, uint64_t cache_bytes)
{
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
        .database_bytes = file_size(store->path),
        .wal_bytes = file_size(store->log_path),
        .used_bytes = writer->used_bytes,
    };
    pthread_mutex_lock(&writer->batches_lock);
    ret->batch_requests = writer->batch_requests;
    ret->batch_seconds = writer->batch_seconds;
    pthread_mutex_unlock(&writer->batches_lock);
    if (statvfs(store->path, &file_system) == 0)
        ret->free_bytes = (uint64_t)file_system.f_bavail * file_system.f_frsize;
}
