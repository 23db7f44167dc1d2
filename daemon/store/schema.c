#include "store/schema.h"

#include "base/clock.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/statvfs.h>
#include <unistd.h>

/* While migrating: between two looks at the clock, in steps of SQLite; between two signs of life. */
#define TELL_STEPS 20000
#define TELL_USEC USEC_PER_SEC

/* job.state beyond what store.h shows, job.sweep: see jobs.h.
 * url: append-only, seqs from 1 without gaps; `submitted` NULL: as `url`.
 * queue: who waits under a host, LEB128 differences of ascending seqs; a seq waits in this row unless its
 * outcome is there or its refile row names another. refile: where a URL waits, and as which attempt, if not
 * as submitted; `url` NULL: that of the url row. word: ids run from 0 per job and shard; there is one shard
 * while the writer is one. */
static const char version_1[] =
    "CREATE TABLE job (id INTEGER PRIMARY KEY AUTOINCREMENT, state INTEGER NOT NULL,"
    " sweep INTEGER NOT NULL DEFAULT 0, sweep_batch INTEGER NOT NULL DEFAULT 0,"
    " uid INTEGER NOT NULL DEFAULT 0, user TEXT, name TEXT, dedupe TEXT, priority INTEGER NOT NULL DEFAULT 0,"
    " submitted INTEGER NOT NULL DEFAULT 0, finished INTEGER NOT NULL DEFAULT 0,"
    " total INTEGER NOT NULL DEFAULT 0, duplicates INTEGER NOT NULL DEFAULT 0,"
    " counted INTEGER NOT NULL DEFAULT 0, failed INTEGER NOT NULL DEFAULT 0,"
    " skipped INTEGER NOT NULL DEFAULT 0, cancelled INTEGER NOT NULL DEFAULT 0,"
    " tokens INTEGER NOT NULL DEFAULT 0, body_bytes INTEGER NOT NULL DEFAULT 0,"
    " filed INTEGER NOT NULL DEFAULT 0, next_batch INTEGER NOT NULL DEFAULT 1,"
    " n_words INTEGER NOT NULL DEFAULT 0, n_indexed INTEGER NOT NULL DEFAULT 0, base_attempt INTEGER NOT "
    "NULL DEFAULT 0,"
    " last_attempt INTEGER NOT NULL DEFAULT 0, has_totals INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE INDEX job_name ON job (uid, name) WHERE name IS NOT NULL;"
    "CREATE INDEX job_uid ON job (uid);"
    "CREATE INDEX job_active ON job (id) WHERE state < 3;"
    "CREATE INDEX job_sweep ON job (id) WHERE sweep > 0;"
    "CREATE UNIQUE INDEX job_dedupe ON job (uid, dedupe) WHERE dedupe IS NOT NULL;"
    "CREATE TABLE tally (job INTEGER NOT NULL, outcome INTEGER NOT NULL, n INTEGER NOT NULL,"
    " first_seq INTEGER NOT NULL, PRIMARY KEY (job, outcome)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE source (job INTEGER NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL,"
    " PRIMARY KEY (job, id)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE url (job INTEGER NOT NULL, seq INTEGER NOT NULL, partition INTEGER NOT NULL, host TEXT NOT "
    "NULL,"
    " url TEXT NOT NULL, submitted TEXT, source INTEGER NOT NULL, line INTEGER NOT NULL, label TEXT,"
    " PRIMARY KEY (job, seq)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE queue (job INTEGER NOT NULL, host TEXT NOT NULL, batch INTEGER NOT NULL,"
    " partition INTEGER NOT NULL, n INTEGER NOT NULL, seqs BLOB NOT NULL,"
    " PRIMARY KEY (job, host, batch)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE refile (job INTEGER NOT NULL, seq INTEGER NOT NULL, attempt INTEGER NOT NULL,"
    " partition INTEGER NOT NULL, host TEXT NOT NULL, batch INTEGER NOT NULL, url TEXT, hops INTEGER NOT "
    "NULL,"
    " tries INTEGER NOT NULL, PRIMARY KEY (job, seq)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE outcome (job INTEGER NOT NULL, seq INTEGER NOT NULL, partition INTEGER NOT NULL,"
    " outcome INTEGER NOT NULL, host TEXT NOT NULL, final_url TEXT, content_type TEXT, charset TEXT,"
    " charset_from TEXT, title TEXT, etag TEXT, last_modified TEXT, detail TEXT, engine TEXT, hash BLOB,"
    " http_status INTEGER NOT NULL, tries INTEGER NOT NULL, fetched INTEGER NOT NULL, duration INTEGER NOT "
    "NULL,"
    " body_bytes INTEGER NOT NULL, wire_bytes INTEGER NOT NULL, replaced INTEGER NOT NULL,"
    " tokens INTEGER NOT NULL, n_words INTEGER NOT NULL, PRIMARY KEY (job, seq)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE page (job INTEGER NOT NULL, host TEXT NOT NULL, seq INTEGER NOT NULL, partition INTEGER "
    "NOT NULL,"
    " tokens INTEGER NOT NULL, hash BLOB NOT NULL, counts BLOB NOT NULL,"
    " PRIMARY KEY (job, host, seq)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE word_log (job INTEGER NOT NULL, shard INTEGER NOT NULL, first_id INTEGER NOT NULL,"
    " texts BLOB NOT NULL, PRIMARY KEY (job, shard, first_id)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE word_index (job INTEGER NOT NULL, shard INTEGER NOT NULL, text TEXT NOT NULL, id INTEGER "
    "NOT NULL,"
    " PRIMARY KEY (job, shard, text)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE totals (job INTEGER NOT NULL, partition INTEGER NOT NULL, data BLOB NOT NULL,"
    " PRIMARY KEY (job, partition)) STRICT, WITHOUT ROWID;";

/* job.max_age: microseconds, NULL for none. outcome.url_key: store_url_key() of the URL that gave the page,
 * which the page is found by; asked_key: of the submitted URL where that redirected. Both NULL for what may
 * not be reused. outcome.counted_from: when the words were fetched, if not in `fetched`. host: how a host
 * fares, see struct store_host_state; no row where there is nothing to say. stop: when the daemon was stopped
 * in good order, 0 while it runs. */
static const char version_2[] =
    "ALTER TABLE job ADD COLUMN max_age INTEGER;"
    "ALTER TABLE outcome ADD COLUMN url_key INTEGER;"
    "ALTER TABLE outcome ADD COLUMN asked_key INTEGER;"
    "ALTER TABLE outcome ADD COLUMN counted_from INTEGER;"
    "CREATE INDEX outcome_url ON outcome (url_key) WHERE url_key IS NOT NULL;"
    "CREATE INDEX outcome_asked ON outcome (asked_key) WHERE asked_key IS NOT NULL;"
    "ALTER TABLE job ADD COLUMN deadline INTEGER NOT NULL DEFAULT 0;"
    "CREATE TABLE host (host TEXT NOT NULL PRIMARY KEY, partition INTEGER NOT NULL, hold_until INTEGER NOT "
    "NULL,"
    " holds INTEGER NOT NULL, delay INTEGER NOT NULL, http_until INTEGER NOT NULL,"
    " http_failures INTEGER NOT NULL, http_parkings INTEGER NOT NULL, https_until INTEGER NOT NULL,"
    " https_failures INTEGER NOT NULL, https_parkings INTEGER NOT NULL) STRICT, WITHOUT ROWID;"
    "CREATE TABLE paused_host (pattern TEXT NOT NULL PRIMARY KEY) STRICT, WITHOUT ROWID;"
    "CREATE TABLE stop (usec INTEGER NOT NULL) STRICT;"
    "INSERT INTO stop (usec) VALUES (1);";

/* job.keep: microseconds after its end, then it is removed; 0: as configured; INT64_MAX: never. stored: what
 * its rows take, about. settings: see struct store_commit; NULL: not known. imported: likewise, 0 or 1.
 * job.rest: the outcome of URLs without one whose attempt is below rest_before, n_rest of them; 0: none.
 * given_up: what waits under one scheme of a host, in batches below this one, has this outcome, if it has
 * none of its own: n URLs. n NULL: not counted yet, see give_up.c. others: URLs of these batches that waited
 * for the other scheme.
 * job_engine: what the job's pages have in outcome.engine. known...: see known_keys.h.
 * partial: totals of some of a job's pages, see store_partial.h. */
#define KNOWN_TABLE(name)                                                                                    \
    "CREATE TABLE " name " (key INTEGER NOT NULL, asked INTEGER NOT NULL, job INTEGER NOT NULL,"             \
    " seq INTEGER NOT NULL, PRIMARY KEY (key, asked, job, seq)) STRICT, WITHOUT ROWID;"
static const char version_3[] =
    "ALTER TABLE job ADD COLUMN keep INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE job ADD COLUMN stored INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE job ADD COLUMN settings TEXT;"
    "ALTER TABLE job ADD COLUMN imported INTEGER NOT NULL DEFAULT 0;"
    /* As the writer sums it up from now on: submit.c and outcome.c. */
    "UPDATE job SET stored ="
    " (SELECT coalesce(sum(24 + length(host) + length(url) + coalesce(length(submitted), 0)"
    " + coalesce(length(CAST(label AS BLOB)), 0)), 0) FROM url AS u WHERE u.job = job.id)"
    " + (SELECT coalesce(sum(64 + length(host) + coalesce(length(final_url), 0)"
    " + coalesce(length(content_type), 0) + coalesce(length(CAST(title AS BLOB)), 0)"
    " + coalesce(length(etag), 0) + coalesce(length(last_modified), 0)"
    " + coalesce(length(CAST(detail AS BLOB)), 0)), 0) FROM outcome AS o WHERE o.job = job.id)"
    " + (SELECT coalesce(sum(40 + length(host) + length(counts)), 0) FROM page AS p WHERE p.job = job.id);"
    "CREATE INDEX job_ended ON job (finished) WHERE state IN (3, 4) AND keep = 0;"
    "CREATE INDEX job_expires ON job (finished + keep)"
    " WHERE state IN (3, 4) AND keep > 0 AND keep < 9223372036854775807;"
    "ALTER TABLE job ADD COLUMN rest INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE job ADD COLUMN rest_before INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE job ADD COLUMN n_rest INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE job ADD COLUMN rest_ended INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE job ADD COLUMN rest_detail TEXT;"
    "CREATE TABLE given_up (job INTEGER NOT NULL, host TEXT NOT NULL, https INTEGER NOT NULL,"
    " partition INTEGER NOT NULL, outcome INTEGER NOT NULL, batch INTEGER NOT NULL,"
    " n INTEGER, others INTEGER NOT NULL DEFAULT 0, ended INTEGER NOT NULL, detail TEXT,"
    " PRIMARY KEY (job, host, https)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE job_engine (job INTEGER NOT NULL, engine TEXT NOT NULL,"
    " PRIMARY KEY (job, engine)) STRICT, WITHOUT ROWID;"
    "CREATE TABLE partial (job INTEGER NOT NULL, partition INTEGER NOT NULL, pages INTEGER NOT NULL,"
    " data BLOB NOT NULL, PRIMARY KEY (job, partition)) STRICT, WITHOUT ROWID;"
    "INSERT INTO job_engine SELECT DISTINCT job, engine FROM outcome WHERE engine IS NOT NULL;" KNOWN_TABLE(
        "known_new") KNOWN_TABLE("known_mid") KNOWN_TABLE("known")
    /* In the order of the indexes, which they replace. */
    "INSERT INTO known SELECT url_key, 0, job, seq FROM outcome INDEXED BY outcome_url"
    " WHERE url_key IS NOT NULL ORDER BY url_key, job, seq;"
    "INSERT INTO known SELECT asked_key, 1, job, seq FROM outcome INDEXED BY outcome_asked"
    " WHERE asked_key IS NOT NULL ORDER BY asked_key, job, seq;"
    "DROP INDEX outcome_url;"
    "DROP INDEX outcome_asked;";

static const char *const versions[] = {version_1, version_2, version_3};
const struct schema schema_current = {versions, sizeof(versions) / sizeof(versions[0])};

static int get_version(struct sql *sql, int64_t *ret)
{
    int64_t application = 0;
    int64_t version = 0;
    int r = sql_number(sql, "PRAGMA user_version", &version);

    if (r >= 0)
        r = sql_number(sql, "PRAGMA application_id", &application);
    if (r < 0)
        return r;
    if (version < 0 || (application != SCHEMA_APPLICATION_ID && (application != 0 || version != 0)))
        return -EMEDIUMTYPE;
    *ret = version;
    return 0;
}

static int read_version(const char *path, int flags, int64_t *ret)
{
    CLEANUP(sql_freep) struct sql *sql = NULL;
    int r = sql_open(path, flags, &sql);

    return r < 0 ? r : get_version(sql, ret);
}

/* Looks before anything is written: a connection that may write would already fold the log into the file.
 * Only where a crash cut the creation of the file short, reading needs to write: it takes back what was half
 * done. */
static int peek_version(const char *path, int64_t *ret)
{
    int r;

    if (access(path, F_OK) < 0) {
        if (errno != ENOENT)
            return -errno;
        *ret = 0;
        return 0;
    }
    r = read_version(path, SQLITE_OPEN_READONLY, ret);
    return r == -EROFS ? read_version(path, SQLITE_OPEN_READWRITE, ret) : r;
}

/* Whoever made a file of version 0 with tables in it, it was not us. */
static int check_empty(struct sql *sql)
{
    int64_t n = 0;
    int r = sql_number(sql, "SELECT count(*) FROM sqlite_schema", &n);

    if (r < 0)
        return r;
    return n == 0 ? 0 : -EMEDIUMTYPE;
}

int schema_check(struct sql *sql, const struct schema *schema)
{
    int64_t version = 0;
    int r = get_version(sql, &version);

    if (r < 0 || version == schema->n_versions)
        return r;
    if (version > schema->n_versions)
        return -EPROTONOSUPPORT;
    r = version == 0 ? check_empty(sql) : 0;
    return r < 0 ? r : version == 0 ? -ENOENT : -ESTALE;
}

static int step_up(struct sql *sql, const struct schema *schema, int64_t from)
{
    char text[64];
    int r;

    r = sql_execute(sql, "BEGIN IMMEDIATE");
    for (int64_t version = from; r >= 0 && version < schema->n_versions; version++)
        r = sql_execute(sql, schema->versions[version]);
    if (r >= 0) {
        (void)snprintf(text, sizeof(text), "PRAGMA application_id = %d; PRAGMA user_version = %d",
            SCHEMA_APPLICATION_ID, schema->n_versions);
        r = sql_execute(sql, text);
    }
    if (r >= 0)
        r = sql_execute(sql, "COMMIT");
    if (r < 0)
        (void)sql_execute(sql, "ROLLBACK");
    return r;
}

static int sync_file(const char *path)
{
    CLEANUP(closep) int fd = open(path, O_RDONLY | O_CLOEXEC);

    return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

/* An empty file that is ours alone to read; what SQLite adds to it gets the same permissions. */
static int make_private(const char *path)
{
    CLEANUP(closep) int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    return fd < 0 ? -errno : 0;
}

static int forget_partial(const char *partial, const char *journal)
{
    if ((unlink(partial) < 0 && errno != ENOENT) || (unlink(journal) < 0 && errno != ENOENT))
        return -errno;
    return 0;
}

/* Before anything is written: it is tried again and again, and each time would take what others need of the
 * disk. A quarter more is for what the steps add. */
static int check_room(struct sql *sql)
{
    struct statvfs disk;
    int64_t n_pages = 0;
    int64_t n_free = 0;
    int64_t page_size = 0;
    uint64_t bytes;
    int r = sql_number(sql, "PRAGMA page_count", &n_pages);

    if (r >= 0)
        r = sql_number(sql, "PRAGMA freelist_count", &n_free);
    if (r >= 0)
        r = sql_number(sql, "PRAGMA page_size", &page_size);
    if (r >= 0 && statvfs(sqlite3_db_filename(sql->db, "main"), &disk) < 0)
        r = -errno;
    if (r < 0)
        return r;
    bytes = (uint64_t)(n_pages - n_free) * (uint64_t)page_size;
    return (uint64_t)disk.f_bavail * disk.f_frsize < bytes + bytes / 4 ? -ENOSPC : 0;
}

/* Copies what is committed, log included, under a temporary name first: a copy that is there is whole. */
static int keep_copy(struct sql *sql, const char *kept)
{
    CLEANUP(freep) char *partial = NULL;
    CLEANUP(freep) char *journal = NULL;
    sqlite3_stmt *statement = NULL;
    int status;
    int r;

    if (asprintf(&partial, "%s.partial", kept) < 0) {
        partial = NULL;
        return -ENOMEM;
    }
    if (asprintf(&journal, "%s-journal", partial) < 0) {
        journal = NULL;
        return -ENOMEM;
    }
    r = forget_partial(partial, journal);
    /* Of a try that found no room after it: what it is a copy of is still there. */
    if (r >= 0 && unlink(kept) < 0 && errno != ENOENT)
        r = -errno;
    if (r >= 0)
        r = check_room(sql);
    if (r >= 0)
        r = make_private(partial);
    if (r < 0)
        return r;
    status = sqlite3_prepare_v2(sql->db, "VACUUM INTO ?1", -1, &statement, NULL);
    if (status == SQLITE_OK)
        status = sqlite3_bind_text(statement, 1, partial, -1, SQLITE_STATIC);
    if (status == SQLITE_OK)
        status = sqlite3_step(statement);
    (void)sqlite3_finalize(statement);
    r = sql_errno(status);
    if (r >= 0)
        r = sync_file(partial);
    if (r >= 0 && rename(partial, kept) < 0)
        r = -errno;
    if (r < 0)
        (void)forget_partial(partial, journal);
    return r;
}

/* Within SQLite's work. 0: go on. */
static int tell(void *userdata)
{
    struct schema_watch *watch = userdata;
    uint64_t now = clock_boottime_usec();

    if (watch->told_usec == 0 || now >= watch->told_usec + TELL_USEC) {
        watch->told_usec = now;
        watch->migrating(watch->userdata);
    }
    return 0;
}

static int migrate(struct sql *sql, const struct schema *schema, int64_t version, const char *kept,
    struct schema_watch *watch)
{
    int r;

    if (watch && watch->migrating) {
        sqlite3_progress_handler(sql->db, TELL_STEPS, tell, watch);
        (void)tell(watch);
    }
    r = keep_copy(sql, kept);
    if (r >= 0)
        r = step_up(sql, schema, version);
    sqlite3_progress_handler(sql->db, 0, NULL, NULL);
    return r;
}

static int set_up(struct sql *sql, const struct schema *schema, int64_t version, const char *kept,
    struct schema_watch *watch)
{
    char text[160];
    int r;

    /* The first two bind only while the file is empty. */
    (void)snprintf(text, sizeof(text),
        "PRAGMA page_size = %d; PRAGMA auto_vacuum = INCREMENTAL; PRAGMA journal_mode = WAL;"
        "PRAGMA journal_size_limit = 67108864",
        SCHEMA_PAGE_SIZE);
    r = version == 0 ? check_empty(sql) : 0;
    if (r >= 0)
        r = sql_execute(sql, text);
    if (r < 0)
        return r;
    if (version == schema->n_versions && watch && watch->keeps_copy)
        return 0;
    if (version == schema->n_versions)
        return unlink(kept) < 0 && errno != ENOENT ? -errno : 0;
    return version > 0 ? migrate(sql, schema, version, kept, watch) : step_up(sql, schema, version);
}

int schema_open(const char *path, const struct schema *schema, struct schema_watch *watch, struct sql **ret)
{
    CLEANUP(sql_freep) struct sql *sql = NULL;
    CLEANUP(freep) char *kept = NULL;
    int64_t version = 0;
    int r = peek_version(path, &version);

    if (r < 0)
        return r;
    if (version > schema->n_versions)
        return -EPROTONOSUPPORT;
    if (asprintf(&kept, "%s" SCHEMA_KEPT_SUFFIX, path) < 0)
        return -ENOMEM;
    r = make_private(path);
    if (r >= 0)
        r = sql_open(path, SQLITE_OPEN_READWRITE, &sql);
    if (r < 0)
        return r;
    r = set_up(sql, schema, version, kept, watch);
    if (r < 0)
        return r;
    *ret = TAKE(sql);
    return 0;
}

int schema_open_blank(const struct schema *schema, struct sql **ret)
{
    CLEANUP(sql_freep) struct sql *sql = NULL;
    int r = sql_open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, &sql);

    if (r >= 0)
        r = step_up(sql, schema, 0);
    if (r >= 0)
        *ret = TAKE(sql);
    return r;
}
