#include "describe.h"
#include "harness.h"

#include "faulty_disk.h"
#include "store/schema.h"
#include "store/store_change.h"
#include "store/store_heal.h"
#include "store/store_read.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define N_URLS 60
#define N_HOSTS 5
#define N_ENDED 40
#define REDIRECTED 8

static const struct page front = {
    4, {"the", "cat", "sat", "a word that is longer than others"}, {5, 2, 1, 1}};

/* What is made once: stores of older versions with the same job, and that job in words. */
static struct harness made;
static char *expected;
static uint64_t expected_bytes;

/* What its user's jobs take. */
static uint64_t used_bytes(struct harness *harness)
{
    struct store_read_use use = {.uid = harness_job(harness, 1).uid};

    assert_int_equal(DO(harness, use, STORE_READ_USE), 0);
    return use.bytes;
}

static const char *url_of(uint64_t seq)
{
    static char url[64];

    snprintf(url, sizeof(url), "http://%s/%llu", harness_host(seq, N_HOSTS), (unsigned long long)seq);
    return url;
}

/* Of every third page another engine than of the others. */
static void end(struct harness *harness, uint64_t job, uint64_t seq)
{
    bool counted = seq % 7 > 0;
    struct store_outcome outcome =
        harness_outcome(job, seq, harness_host(seq, N_HOSTS), counted ? OUTCOME_COUNTED : OUTCOME_TIMEOUT);

    if (counted) {
        outcome.counts = &front;
        outcome.n_words = front.n;
        outcome.tokens = 9;
        outcome.engine_id = seq % 3 ? "rules2-icu72" : "rules1-icu70";
        outcome.url = url_of(seq);
        if (seq == REDIRECTED)
            outcome.url = outcome.final_url = "http://elsewhere.example/";
    }
    assert_int_equal(DO(harness, outcome, STORE_OUTCOME), 0);
    assert_true(outcome.accepted);
}

/* A store of today's version: a job of which some URLs are counted, some failed, one waits elsewhere, the
 * others wait where they were. */
static void make_store(struct harness *harness)
{
    uint64_t job = harness_submit(harness, "docs", N_URLS, N_HOSTS);
    struct store_refile refile = {
        .job = job, .seq = N_ENDED + 1, .host = "moved.example", .url = "http://moved.example/", .hops = 1};

    for (uint64_t seq = 1; seq <= N_ENDED; seq++)
        end(harness, job, seq);
    assert_int_equal(DO(harness, refile, STORE_REFILE), 0);
    assert_true(refile.accepted);
}

static void execute(struct sql *sql, const char *text)
{
    if (sql_execute(sql, text) < 0)
        fail_msg("%s: %s", text, sqlite3_errmsg(sql->db));
}

/* The rows of today's table, as far as the older one has these columns. */
static void copy_table(struct sql *sql, const char *table)
{
    sqlite3_stmt *columns = NULL;
    char *list = NULL;
    char *text;

    assert_int_equal(
        sqlite3_prepare_v2(sql->db, "SELECT group_concat(name, ', ') FROM pragma_table_info(?1, 'main')", -1,
            &columns, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_bind_text(columns, 1, table, -1, SQLITE_STATIC), SQLITE_OK);
    assert_int_equal(sqlite3_step(columns), SQLITE_ROW);
    list = strdup((const char *)sqlite3_column_text(columns, 0));
    assert_non_null(list);
    (void)sqlite3_finalize(columns);
    assert_true(asprintf(&text, "DELETE FROM main.%s; INSERT INTO main.%s (%s) SELECT %s FROM today.%s",
                    table, table, list, list, table) > 0);
    execute(sql, text);
    free(text);
    free(list);
}

/* Into the file `name`: what `version` would have kept of the store in `made`. */
static void make_older(int version, const char *name)
{
    const struct schema older = {schema_current.versions, version};
    struct sql *sql = NULL;
    char *attach;
    char tables[32][32];
    int n = 0;
    sqlite3_stmt *rows = NULL;

    assert_int_equal(schema_open(harness_path(&made, name), &older, NULL, &sql), 0);
    assert_true(asprintf(&attach, "ATTACH '%s' AS today", harness_path(&made, "urlstat.db")) > 0);
    execute(sql, attach);
    free(attach);
    assert_int_equal(sqlite3_prepare_v2(sql->db,
                         "SELECT name FROM main.sqlite_schema WHERE type = 'table' AND"
                         " (name NOT LIKE 'sqlite%' OR name = 'sqlite_sequence')",
                         -1, &rows, NULL),
        SQLITE_OK);
    while (sqlite3_step(rows) == SQLITE_ROW) {
        assert_true(n < 32);
        snprintf(tables[n++], sizeof(tables[0]), "%s", (const char *)sqlite3_column_text(rows, 0));
    }
    (void)sqlite3_finalize(rows);
    for (int i = 0; i < n; i++)
        copy_table(sql, tables[i]);
    execute(sql, "DETACH today");
    sql_free(sql);
}

static const char *older_name(int version)
{
    static char name[32];

    snprintf(name, sizeof(name), "version-%d.db", version);
    return name;
}

static int make_all(void **state)
{
    harness_open(&made);
    make_store(&made);
    harness_reopen(&made);
    expected = describe_job(&made, 1);
    assert_non_null(strstr(expected, "\nrules1-icu70\nrules2-icu72\n"));
    expected_bytes = used_bytes(&made);
    harness_close_store(&made);
    for (int version = 1; version < schema_current.n_versions; version++)
        make_older(version, older_name(version));
    return 0;
}

static int remove_all(void **state)
{
    free(expected);
    harness_close(&made);
    return 0;
}

/* ---- what the tests do ---- */

static void copy_file(const char *from, const char *to)
{
    char *command;

    assert_true(asprintf(&command, "cp '%s' '%s'", from, to) > 0);
    assert_int_equal(system(command), 0);
    free(command);
}

/* A directory with a store of that version in it, which nobody has opened. */
static void lay_out(struct harness *harness, int version)
{
    char from[256];

    *harness = (struct harness){.in_memory = true};
    harness_make_directory(harness);
    snprintf(from, sizeof(from), "%s", harness_path(&made, older_name(version)));
    copy_file(from, harness_path(harness, "urlstat.db"));
}

static void check_described(struct harness *harness)
{
    char *found = describe_job(harness, 1);

    assert_string_equal(found, expected);
    assert_int_equal(used_bytes(harness), expected_bytes);
    free(found);
}

/* All is as it was, and the job goes on to its end. */
static void check_all(struct harness *harness)
{
    check_described(harness);
    for (uint64_t seq = N_ENDED + 2; seq <= N_URLS; seq++)
        assert_true(harness_end(harness, 1, seq, harness_host(seq, N_HOSTS), OUTCOME_COUNTED, &front));
    assert_true(harness_end(harness, 1, N_ENDED + 1, "moved.example", OUTCOME_COUNTED, &front));
    assert_false(harness_end(harness, 1, 1, "host1.example", OUTCOME_COUNTED, &front));
    assert_int_equal(harness_job(harness, 1).counted, N_URLS - N_ENDED / 7);
    assert_int_equal(harness_submit(harness, NULL, 3, 1), 2);
}

/* The seq of the page that is found by this URL; 0: none. */
static uint64_t find_page(struct harness *harness, const char *url)
{
    struct store_read_known read = {
        .url = url, .rule = {.engine_id = "rules2-icu72", .uid = 1000, .redirected = true}};
    uint64_t seq;

    assert_int_equal(DO(harness, read, STORE_READ_KNOWN), 0);
    seq = read.rows[0].page.seq;
    store_rows_free(read.rows);
    return seq;
}

static void check_found_by_url(struct harness *harness)
{
    assert_int_equal(find_page(harness, url_of(2)), 2);
    assert_int_equal(find_page(harness, url_of(N_ENDED)), N_ENDED);
    assert_int_equal(find_page(harness, "http://elsewhere.example/"), REDIRECTED);
    assert_int_equal(find_page(harness, url_of(REDIRECTED)), REDIRECTED);
    assert_int_equal(find_page(harness, "http://host1.example/never"), 0);
}

static bool has_kept(const struct harness *harness)
{
    return access(harness_path(harness, "urlstat.db" SCHEMA_KEPT_SUFFIX), F_OK) == 0;
}

static void every_older_version_is_migrated_with_all_that_is_in_it(void **state)
{
    for (int version = 1; version < schema_current.n_versions; version++) {
        struct harness harness;

        lay_out(&harness, version);
        harness_reopen(&harness);
        assert_true(has_kept(&harness));
        check_all(&harness);
        /* Older ones have no keys. */
        if (version >= 2)
            check_found_by_url(&harness);
        harness_reopen(&harness);
        assert_false(has_kept(&harness));
        harness_close(&harness);
    }
}

static void kept_file_of_an_older_version_can_be_gone_back_to(void **state)
{
    struct harness harness;
    struct sql *sql = NULL;
    int64_t n = 0;

    lay_out(&harness, 1);
    harness_reopen(&harness);
    harness_close_store(&harness);

    assert_int_equal(
        sql_open(harness_path(&harness, "urlstat.db" SCHEMA_KEPT_SUFFIX), SQLITE_OPEN_READONLY, &sql), 0);
    assert_int_equal(sql_number(sql, "PRAGMA user_version", &n), 0);
    assert_int_equal(n, 1);
    assert_int_equal(sql_number(sql, "SELECT count(*) FROM outcome", &n), 0);
    assert_int_equal(n, N_ENDED);
    sql_free(sql);
    harness_close(&harness);
}

/* Opens the store in a process of its own that is killed at its n-th write, truncation, sync or deletion. 1
 * if it got to the end before that. */
static int open_and_kill(struct harness *harness, unsigned n)
{
    pid_t pid = fork();
    int status;

    assert_true(pid >= 0);
    if (pid == 0) {
        struct sql *sql = NULL;

        faulty_disk_kill(FAULTY_WRITE | FAULTY_TRUNCATE | FAULTY_SYNC | FAULTY_OPEN, n);
        if (schema_open(harness_path(harness, "urlstat.db"), &schema_current, NULL, &sql) < 0)
            _exit(2);
        /* Not closed: the last kill of all. */
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    if (WIFSIGNALED(status)) {
        assert_int_equal(WTERMSIG(status), SIGKILL);
        return 0;
    }
    assert_int_equal(WEXITSTATUS(status), 0);
    return 1;
}

static void kill_at_any_point_of_a_migration_loses_nothing(void **state)
{
    unsigned n = 0;
    int ended;

    do {
        struct harness harness;

        lay_out(&harness, 1 + (int)n % (schema_current.n_versions - 1));
        ended = open_and_kill(&harness, n);
        /* Every third time the next start is killed, too. */
        if (n % 3 == 2)
            (void)open_and_kill(&harness, n / 2);
        harness_reopen(&harness);
        check_described(&harness);
        harness_reopen(&harness);
        assert_false(has_kept(&harness));
        assert_true(access(harness_path(&harness, "urlstat.db" SCHEMA_KEPT_SUFFIX ".partial"), F_OK) < 0);
        harness_close(&harness);
        n++;
    } while (!ended);

    assert_true(n > 10);
    print_message("%u points to be killed at\n", n - 1);
}

/* A made-up version whose step rewrites every row, so that the log is longer than its cache. */
static const char *const invented[] = {
    "CREATE TABLE a (x INTEGER PRIMARY KEY, y TEXT NOT NULL);"
    "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500)"
    " INSERT INTO a SELECT i, printf('%0500d', i) FROM n;",
    "ALTER TABLE a ADD COLUMN z INTEGER NOT NULL DEFAULT 0;"
    "UPDATE a SET z = CAST(y AS INTEGER) * 3, y = y || y;"
    "CREATE INDEX a_z ON a (z);"};
static const struct schema invented_one = {invented, 1};
static const struct schema invented_two = {invented, 2};

static void open_invented(const struct harness *harness, const struct schema *schema, struct sql **ret)
{
    assert_int_equal(schema_open(harness_path(harness, "urlstat.db"), schema, NULL, ret), 0);
}

static int migrate_and_kill(const struct harness *harness, unsigned n)
{
    pid_t pid = fork();
    int status;

    assert_true(pid >= 0);
    if (pid == 0) {
        struct sql *sql = NULL;

        faulty_disk_kill(FAULTY_WRITE | FAULTY_TRUNCATE | FAULTY_SYNC | FAULTY_OPEN, n);
        open_invented(harness, &invented_two, &sql);
        _exit(0);
    }
    assert_int_equal(waitpid(pid, &status, 0), pid);
    return !WIFSIGNALED(status);
}

static int64_t number(struct sql *sql, const char *text)
{
    int64_t n = -1;

    assert_int_equal(sql_number(sql, text, &n), 0);
    return n;
}

static void step_that_rewrites_every_row_is_done_wholly_or_not_at_all(void **state)
{
    unsigned n = 0;
    unsigned rounds = 0;
    int ended;

    do {
        struct harness harness = {.in_memory = true};
        struct sql *sql = NULL;

        harness_make_directory(&harness);
        open_invented(&harness, &invented_one, &sql);
        sql_free(sql);
        ended = migrate_and_kill(&harness, n);
        assert_int_equal(sql_open(harness_path(&harness, "urlstat.db"), SQLITE_OPEN_READWRITE, &sql), 0);
        if (number(sql, "PRAGMA user_version") == 1) {
            assert_int_equal(number(sql, "SELECT count(*) FROM pragma_table_info('a')"), 2);
            assert_int_equal(number(sql, "SELECT sum(length(y)) FROM a"), 500 * 500);
        }
        sql_free(sql);
        open_invented(&harness, &invented_two, &sql);
        assert_int_equal(number(sql, "SELECT sum(z) FROM a"), 3 * 500 * 501 / 2);
        assert_int_equal(number(sql, "SELECT sum(length(y)) FROM a"), 2 * 500 * 500);
        sql_free(sql);
        harness_close(&harness);
        /* One by one at first, then in larger steps. */
        n += 1 + n / 4;
        rounds++;
    } while (!ended);

    print_message("killed at %u of about %u points\n", rounds - 1, n);
}

static void file_that_finds_no_room_to_be_migrated_is_left_alone_until_there_is(void **state)
{
    struct harness harness;
    struct store_renew renew = {.request = {.r = 0}};
    struct store_reopen reopen = {.request = {.r = 0}};
    struct store_read_jobs jobs = {.select = SELECT_NUMBER, .number = 1};

    lay_out(&harness, schema_current.n_versions - 1);
    faulty_disk_fail(".partial", 0, SQLITE_FULL);
    harness_reopen(&harness);
    assert_int_equal(store_failure(harness.store), -ENOSPC);
    assert_true(store_is_older(harness.store));
    assert_int_equal(DO(&harness, jobs, STORE_READ_JOBS), -ESTALE);
    faulty_disk_fail("", 0, SQLITE_OK);
    assert_int_equal(DO(&harness, renew, STORE_RENEW), 0);
    assert_int_equal(DO(&harness, reopen, STORE_REOPEN), 0);
    assert_true(store_is_outdated(harness.store));

    harness_reopen(&harness);
    assert_int_equal(store_failure(harness.store), 0);
    check_all(&harness);
    harness_close(&harness);
}

static void count_call(void *userdata)
{
    ++*(unsigned *)userdata;
}

static void migration_gives_signs_of_life(void **state)
{
    struct harness harness;
    struct sql *sql = NULL;
    unsigned n = 0;
    struct schema_watch watch = {.migrating = count_call, .userdata = &n};

    lay_out(&harness, 1);
    assert_int_equal(schema_open(harness_path(&harness, "urlstat.db"), &schema_current, &watch, &sql), 0);
    assert_true(n >= 1);
    sql_free(sql);
    n = 0;
    assert_int_equal(schema_open(harness_path(&harness, "urlstat.db"), &schema_current, &watch, &sql), 0);

    assert_int_equal(n, 0);
    sql_free(sql);
    harness_close(&harness);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_older_version_is_migrated_with_all_that_is_in_it),
        cmocka_unit_test(kept_file_of_an_older_version_can_be_gone_back_to),
        cmocka_unit_test(kill_at_any_point_of_a_migration_loses_nothing),
        cmocka_unit_test(step_that_rewrites_every_row_is_done_wholly_or_not_at_all),
        cmocka_unit_test(file_that_finds_no_room_to_be_migrated_is_left_alone_until_there_is),
        cmocka_unit_test(migration_gives_signs_of_life),
    };

    faulty_disk_install();
    return cmocka_run_group_tests_name("store migration", tests, make_all, remove_all);
}
