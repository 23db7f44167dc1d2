/* Disks that are full or fail for a while, and what is left of the disk afterwards. */
#include "fixture.h"

#include "faulty_disk.h"
#include "store/schema.h"
#include "store/sql.h"
#include "store/store_change.h"
#include "store/store_heal.h"
#include "store/store_read.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <unistd.h>

#define RESERVE_BYTES 65536
#define N_MANY 30000

static int heal(struct harness *harness)
{
    struct store_renew renew = {.request = {.r = 0}};
    struct store_reopen reopen = {.request = {.r = 0}};
    int r = DO(harness, renew, STORE_RENEW);

    return r < 0 ? r : DO(harness, reopen, STORE_REOPEN);
}

static int set_priority(struct harness *harness, uint64_t job, int priority)
{
    struct store_set_priority set = {.job = job, .priority = priority};

    return DO(harness, set, STORE_SET_PRIORITY);
}

static void cannot_be_written_but_read(struct harness *harness, uint64_t job)
{
    faulty_disk_fail("-wal", 0, SQLITE_FULL);
    harness_reopen(harness);

    assert_int_equal(store_failure(harness->store), -ENOSPC);
    assert_int_equal(harness_job(harness, job).total, 10);
    assert_int_equal(set_priority(harness, job, 3), -ENOSPC);
    assert_int_equal(heal(harness), -ENOSPC);
    assert_int_equal(harness_job(harness, job).total, 10);

    faulty_disk_fail("", 0, SQLITE_OK);
    assert_int_equal(heal(harness), 0);
    assert_int_equal(store_failure(harness->store), 0);
    assert_int_equal(set_priority(harness, job, 3), 0);
    assert_int_equal(harness_job(harness, job).priority, 3);
}

static void store_that_cannot_be_written_is_read_until_it_can(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 10, 1);

    cannot_be_written_but_read(harness, job);
}

/* The log is there then, as after a crash, with all there is. */
static void store_with_a_log_that_cannot_be_folded_is_read(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 10, 1);

    faulty_disk_fail("urlstat.db", 0, SQLITE_FULL);
    harness_close_store(harness);
    assert_int_equal(access(harness_path(harness, "urlstat.db-wal"), F_OK), 0);
    cannot_be_written_but_read(harness, job);
}

static void reading_what_is_frozen_leaves_the_log_alone(void **state)
{
    struct harness *harness = *state;
    char path[PATH_MAX];
    char log[PATH_MAX];
    struct sql *sql = NULL;
    int64_t n = 0;

    harness_close_store(harness);
    (void)snprintf(path, sizeof(path), "%s", harness_path(harness, "urlstat.db"));
    (void)snprintf(log, sizeof(log), "%s-wal", path);
    assert_int_equal(close(open(log, O_CREAT | O_WRONLY | O_EXCL, 0600)), 0);

    assert_int_equal(sql_open_frozen(path, &sql), 0);
    assert_int_equal(sql_number(sql, "SELECT count(*) FROM job", &n), 0);
    sql_free(sql);
    assert_int_equal(access(log, F_OK), 0);
    harness_reopen(harness);
}

static void settings_of_meanwhile_hold_when_it_is_healed(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 10, 1);

    assert_false(harness->sync_full);
    faulty_disk_fail("-wal", 0, SQLITE_FULL);
    harness_reopen(harness);
    store_tune(harness->store, true, 1 << 20);
    assert_int_equal(set_priority(harness, job, 3), -ENOSPC);
    faulty_disk_fail("", 0, SQLITE_OK);
    assert_int_equal(heal(harness), 0);
    harness_wait_idle(harness);
    /* A log that begins is synced anyway. */
    assert_int_equal(set_priority(harness, job, 3), 0);

    faulty_disk_fail_once(FAULTY_SYNC, 0, SQLITE_IOERR_FSYNC);
    assert_int_equal(set_priority(harness, job, 4), -EIO);
    (void)faulty_disk_stop();
}

/* The first page of a table, with noise. */
static void overwrite(struct harness *harness, const char *query)
{
    static const char noise[SCHEMA_PAGE_SIZE] = {1, 2, 3};
    const char *path = harness_path(harness, "urlstat.db");
    struct sql *sql = NULL;
    int64_t page = 0;
    int fd;

    assert_int_equal(sql_open(path, SQLITE_OPEN_READONLY, &sql), 0);
    assert_int_equal(sql_number(sql, query, &page), 0);
    sql_free(sql);
    fd = open(path, O_WRONLY);
    assert_int_equal(pwrite(fd, noise, sizeof(noise), (page - 1) * SCHEMA_PAGE_SIZE), sizeof(noise));
    assert_int_equal(close(fd), 0);
}

static void damage_of_what_is_frozen_waits_until_it_can_be_written(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 10, 1);
    struct store_read_urls urls = {.job = job, .state = -1};

    harness_close_store(harness);
    overwrite(harness, "SELECT rootpage FROM sqlite_schema WHERE name = 'outcome'");
    faulty_disk_fail("-wal", 0, SQLITE_FULL);
    harness_reopen(harness);

    assert_int_equal(DO(harness, urls, STORE_READ_URLS), -EUCLEAN);
    assert_int_equal(harness_job(harness, job).total, 10);
    assert_false(store_is_damaged(harness->store));
    faulty_disk_fail("", 0, SQLITE_OK);
    assert_int_equal(heal(harness), 0);
    assert_true(store_is_damaged(harness->store));
}

/* A store that shows nothing of its file: once the disk can be written, it is to be opened anew. */
static void becomes_outdated(struct harness *harness)
{
    struct store_begin begin = {0};

    assert_int_equal(store_failure(harness->store), -ENOSPC);
    assert_int_equal(DO(harness, begin, STORE_BEGIN), -ENOSPC);
    assert_int_equal(heal(harness), -ENOSPC);
    assert_false(store_is_outdated(harness->store));
    faulty_disk_fail("", 0, SQLITE_OK);
    assert_int_equal(heal(harness), 0);
    assert_true(store_is_outdated(harness->store));
    assert_int_equal(DO(harness, begin, STORE_BEGIN), -ENOSPC);
    harness_reopen(harness);
    assert_int_equal(store_failure(harness->store), 0);
}

static void first_store_that_finds_no_room_is_empty_and_is_made_when_there_is(void **state)
{
    struct harness harness = {.in_memory = true};
    struct store_read_jobs jobs = {.select = SELECT_LATEST};

    harness_make_directory(&harness);
    faulty_disk_fail("", 0, SQLITE_FULL);
    harness_reopen(&harness);

    assert_int_equal(DO(&harness, jobs, STORE_READ_JOBS), -ENOENT);
    becomes_outdated(&harness);
    assert_int_equal(harness_submit(&harness, NULL, 1, 1), 1);
    harness_close(&harness);
}

static void store_of_another_program_is_refused_where_it_cannot_be_written_either(void **state)
{
    struct harness *harness = *state;
    struct sql *sql = NULL;

    harness_close_store(harness);
    assert_int_equal(sql_open(harness_path(harness, "urlstat.db"), SQLITE_OPEN_READWRITE, &sql), 0);
    assert_int_equal(sql_execute(sql, "PRAGMA application_id = 1"), 0);
    sql_free(sql);
    faulty_disk_fail("-wal", 0, SQLITE_FULL);

    assert_int_equal(harness_try_open(harness, &harness->store), -EMEDIUMTYPE);
    faulty_disk_fail("", 0, SQLITE_OK);
}

static void reserve_lets_room_be_made_on_a_full_disk(void **state)
{
    struct harness *harness = *state;
    struct store_remove remove = {.job = 0};
    struct store_outcome end;

    harness->reserve_bytes = RESERVE_BYTES;
    harness_reopen(harness);
    remove.job = harness_submit(harness, NULL, 10, 1);
    end = harness_outcome(harness_submit(harness, NULL, 10, 1), 1, "host0.example", OUTCOME_TIMEOUT);
    harness_wait_idle(harness);

    faulty_disk_fail_once(FAULTY_WRITE, 0, SQLITE_FULL);
    assert_int_equal(DO(harness, remove, STORE_REMOVE), 0);

    assert_int_equal(store_failure(harness->store), -ENOSPC);
    assert_int_equal(DO(harness, end, STORE_OUTCOME), -ENOSPC);
    assert_int_equal(heal(harness), 0);
    assert_int_equal(store_failure(harness->store), 0);
    assert_int_equal(DO(harness, end, STORE_OUTCOME), 0);
    assert_true(end.accepted);
}

static void log_is_given_back_when_a_removal_is_over(void **state)
{
    struct harness *harness = *state;
    struct store_remove remove = {.job = harness_submit(harness, NULL, N_MANY, 10)};
    struct store_stats stats;

    store_get_stats(harness->store, &stats);
    assert_true(stats.wal_bytes > 2 << 20);
    assert_int_equal(DO(harness, remove, STORE_REMOVE), 0);
    harness_wait_idle(harness);

    store_get_stats(harness->store, &stats);
    assert_true(stats.wal_bytes < 1 << 20);
    assert_true(stats.database_bytes < 2 << 20);
}

static void numbers_go_on_where_the_file_that_knew_them_is_lost(void **state)
{
    static const char *const names[] = {"urlstat.db", "urlstat.db-wal", "urlstat.db-shm"};
    struct harness *harness = *state;
    uint64_t last = 0;

    for (int i = 0; i < 3; i++)
        last = harness_submit(harness, NULL, 1, 1);
    harness_close_store(harness);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        (void)unlink(harness_path(harness, names[i]));
    harness_reopen(harness);

    assert_int_equal(harness_submit(harness, NULL, 1, 1), last + 1);
}

static void numbers_go_on_where_a_damaged_file_does_not_know_them(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 1, 1);

    harness_close_store(harness);
    assert_int_equal(truncate(harness_path(harness, "urlstat.db"), 5000), 0);
    harness_reopen(harness);

    assert_non_null(store_damaged_file(harness->store));
    assert_int_equal(harness_submit(harness, NULL, 1, 1), job + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(store_that_cannot_be_written_is_read_until_it_can),
        TEST(store_with_a_log_that_cannot_be_folded_is_read),
        TEST(reading_what_is_frozen_leaves_the_log_alone),
        TEST(settings_of_meanwhile_hold_when_it_is_healed),
        TEST(damage_of_what_is_frozen_waits_until_it_can_be_written),
        cmocka_unit_test(first_store_that_finds_no_room_is_empty_and_is_made_when_there_is),
        TEST(store_of_another_program_is_refused_where_it_cannot_be_written_either),
        TEST(reserve_lets_room_be_made_on_a_full_disk),
        TEST(log_is_given_back_when_a_removal_is_over),
        TEST(numbers_go_on_where_the_file_that_knew_them_is_lost),
        TEST(numbers_go_on_where_a_damaged_file_does_not_know_them),
    };

    faulty_disk_install();
    return cmocka_run_group_tests_name("store heal", tests, NULL, NULL);
}
