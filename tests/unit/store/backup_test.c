#include "fixture.h"

#include "faulty_disk.h"
#include "store/schema.h"
#include "store/store_change.h"
#include "store/store_copy.h"
#include "store/store_list.h"
#include "store/store_read.h"
#include "store/store_restore.h"
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct page front = {3, {"the", "cat", "sat"}, {5, 2, 1}};

/* ---- what the tests do ---- */

static struct store_copy *make_copy(struct harness *harness)
{
    struct store_make_copy make = {.copy = NULL};

    do
        assert_int_equal(DO(harness, make, STORE_MAKE_COPY), 0);
    while (!make.done);
    return make.copy;
}

/* Into a file of the harness's directory; its size. */
static uint64_t save_copy(struct harness *harness, struct store_copy *copy, const char *name)
{
    char bytes[100000];
    struct store_read_piece piece = {.copy = copy, .bytes = bytes};
    FILE *file = fopen(harness_path(harness, name), "w");

    assert_non_null(file);
    do {
        piece.size = sizeof(bytes);
        assert_int_equal(DO(harness, piece, STORE_READ_PIECE), 0);
        assert_int_equal(fwrite(bytes, 1, piece.size, file), piece.size);
        piece.offset += piece.size;
    } while (piece.size == sizeof(bytes));
    fclose(file);
    return piece.offset;
}

static void back_up(struct harness *harness, const char *name)
{
    struct store_copy *copy = make_copy(harness);

    assert_true(save_copy(harness, copy, name) > 0);
    store_copy_free(copy);
}

static uid_t same_owner(void *userdata, const char *name, uid_t uid, uint64_t n_jobs)
{
    return uid;
}

static int restore_file(
    const struct harness *harness, const char *file, store_owner owner, struct store_restored *ret)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC);
    int r;

    assert_true(fd >= 0);
    r = store_restore(harness->directory, fd, owner, NULL, ret);
    close(fd);
    return r;
}

/* A store in another directory, from a file of this one. */
static void open_restored(struct harness *harness, const char *name, struct harness *ret)
{
    struct store_restored restored;

    harness_make_directory(ret);
    assert_int_equal(restore_file(ret, harness_path(harness, name), same_owner, &restored), 0);
    assert_int_equal(harness_try_open(ret, &ret->store), 0);
}

static bool exists(const struct harness *harness, const char *name)
{
    return access(harness_path(harness, name), F_OK) == 0;
}

static uint64_t jobs_of(struct harness *harness, uid_t uid)
{
    struct store_read_jobs jobs = {.select = SELECT_ALL};
    uint64_t n = 0;

    assert_int_equal(DO(harness, jobs, STORE_READ_JOBS), 0);
    for (size_t i = 0; i < jobs.n_rows; i++)
        n += jobs.rows[i].uid == uid;
    store_rows_free(jobs.rows);
    return n;
}

static uint64_t submit_as(struct harness *harness, const char *user, uid_t uid, const char *key)
{
    struct store_begin begin = {.job = 0};
    struct store_commit commit;

    assert_int_equal(DO(harness, begin, STORE_BEGIN), 0);
    assert_int_equal(harness_append(harness, begin.job, 1, 1, 1), 0);
    commit = harness_commit(begin.job, NULL, 1);
    commit.user = user;
    commit.uid = uid;
    commit.key = key;
    assert_int_equal(DO(harness, commit, STORE_COMMIT), 0);
    return commit.job;
}

/* ---- backup ---- */

static void copy_has_what_was_committed_when_it_began(void **state)
{
    struct harness *harness = *state;
    struct harness other = {.store = NULL};
    uint64_t job = harness_submit(harness, "docs", 100, 3);
    struct store_copy *copy;

    for (uint64_t seq = 1; seq <= 40; seq++)
        assert_true(harness_end(harness, job, seq, harness_host(seq, 3), OUTCOME_COUNTED, &front));
    copy = make_copy(harness);
    for (uint64_t seq = 41; seq <= 60; seq++)
        assert_true(harness_end(harness, job, seq, harness_host(seq, 3), OUTCOME_COUNTED, &front));
    (void)save_copy(harness, copy, "file");
    store_copy_free(copy);
    open_restored(harness, "file", &other);

    assert_int_equal(harness_job(&other, job).counted, 40);
    assert_int_equal(harness_job(&other, job).tokens, 40 * 8);
    assert_int_equal(harness_job(harness, job).counted, 60);
    /* And it goes on from there. */
    assert_true(harness_end(&other, job, 41, harness_host(41, 3), OUTCOME_COUNTED, &front));
    assert_false(harness_end(&other, job, 40, harness_host(40, 3), OUTCOME_COUNTED, &front));
    harness_close(&other);
}

static void copy_that_is_being_made_sees_nothing_of_what_comes_meanwhile(void **state)
{
    struct harness *harness = *state;
    struct harness other = {.store = NULL};
    uint64_t job = harness_submit(harness, NULL, 20000, 3);
    struct store_make_copy make = {.copy = NULL};
    struct store_outcome ends[50];

    /* Handed over together: outcomes are written while the pages are copied. */
    harness_post(harness, &make.request, STORE_MAKE_COPY);
    for (uint64_t i = 0; i < 50; i++) {
        ends[i] = harness_outcome(job, i + 1, "host0.example", OUTCOME_TIMEOUT);
        harness_post(harness, &ends[i].request, STORE_OUTCOME);
    }
    harness_wait(harness);
    while (make.request.r == 0 && !make.done)
        (void)DO(harness, make, STORE_MAKE_COPY);
    assert_int_equal(make.request.r, 0);
    (void)save_copy(harness, make.copy, "file");
    store_copy_free(make.copy);
    open_restored(harness, "file", &other);

    assert_int_equal(harness_job(harness, job).failed, 50);
    assert_int_equal(harness_job(&other, job).total, 20000);
    assert_true(harness_job(&other, job).failed <= 50);
    harness_close(&other);
}

static void copy_leaves_no_file_behind(void **state)
{
    struct harness *harness = *state;
    struct store_copy *copy = make_copy(harness);

    assert_false(exists(harness, "urlstat.db.backup"));
    store_copy_free(copy);
}

static void log_starts_anew_once_the_copy_is_made_whoever_reads_it(void **state)
{
    struct harness *harness = *state;
    struct store_copy *copy = make_copy(harness);
    sqlite3 *stranger = NULL;
    int in_log = -1;
    int folded = -1;

    (void)harness_submit(harness, NULL, 10, 1);
    harness_wait_idle(harness);
    assert_int_equal(sqlite3_open(harness_path(harness, "urlstat.db"), &stranger), SQLITE_OK);
    assert_int_equal(sqlite3_exec(stranger, "SELECT * FROM job", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(
        sqlite3_wal_checkpoint_v2(stranger, NULL, SQLITE_CHECKPOINT_TRUNCATE, &in_log, &folded), SQLITE_OK);
    assert_int_equal(sqlite3_close(stranger), SQLITE_OK);

    assert_int_equal(in_log, 0);
    store_copy_free(copy);
}

static void second_copy_waits_until_the_first_is_made(void **state)
{
    struct harness *harness = *state;
    struct store_make_copy make = {.copy = NULL};
    FILE *file = fopen(harness_path(harness, "urlstat.db.backup"), "w");

    assert_non_null(file);
    fclose(file);
    assert_int_equal(DO(harness, make, STORE_MAKE_COPY), -EEXIST);
    assert_null(make.copy);
    /* Not its own: it stays. What a crash leaves goes with the next start. */
    assert_true(exists(harness, "urlstat.db.backup"));
    harness_reopen(harness);

    assert_int_equal(DO(harness, make, STORE_MAKE_COPY), 0);
    store_copy_free(make.copy);
}

static void copy_for_which_there_is_no_room_is_not_begun(void **state)
{
    struct harness *harness = *state;
    struct store_make_copy make = {.min_free_bytes = UINT64_MAX};

    assert_int_equal(DO(harness, make, STORE_MAKE_COPY), -ENOSPC);

    assert_null(make.copy);
    assert_true(make.size > 0 && make.free_bytes > 0);
    assert_false(exists(harness, "urlstat.db.backup"));
}

static void copy_whose_disk_fails_says_so_and_goes_away(void **state)
{
    static const int statuses[][2] = {{SQLITE_FULL, -ENOSPC}, {SQLITE_IOERR_WRITE, -EIO}};
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 5000, 3);

    for (unsigned n = 0; n < 20; n++) {
        struct store_make_copy make = {.copy = NULL};

        faulty_disk_fail(".backup", n, statuses[n % 2][0]);
        assert_int_equal(DO(harness, make, STORE_MAKE_COPY), statuses[n % 2][1]);
        assert_null(make.copy);
        assert_false(exists(harness, "urlstat.db.backup"));
    }
    faulty_disk_fail("", 0, SQLITE_OK);

    back_up(harness, "file");
    assert_int_equal(harness_job(harness, job).total, 5000);
}

/* ---- restore ---- */

static void restored_store_says_how_much_it_has(void **state)
{
    struct harness *harness = *state;
    struct harness other = {.store = NULL};
    struct store_restored restored = {0};
    struct store_begin open = {.job = 0};

    (void)harness_submit(harness, NULL, 30, 3);
    (void)harness_submit(harness, NULL, 12, 3);
    assert_int_equal(DO(harness, open, STORE_BEGIN), 0);
    back_up(harness, "file");
    harness_make_directory(&other);

    assert_int_equal(restore_file(&other, harness_path(harness, "file"), same_owner, &restored), 0);
    assert_int_equal(restored.jobs, 2);
    assert_int_equal(restored.urls, 42);
    harness_close(&other);
}

static void store_with_jobs_is_not_overwritten(void **state)
{
    struct harness *harness = *state;
    struct harness other = {.store = NULL};
    struct store_restored restored;
    uint64_t job;

    back_up(harness, "file");
    harness_open(&other);
    job = harness_submit(&other, NULL, 10, 1);
    assert_int_equal(restore_file(&other, harness_path(harness, "file"), same_owner, &restored), -EBUSY);
    harness_close_store(&other);
    assert_int_equal(restore_file(&other, harness_path(harness, "file"), same_owner, &restored), -ENOTEMPTY);

    harness_reopen(&other);
    assert_int_equal(harness_job(&other, job).total, 10);
    harness_close(&other);
}

static void store_without_a_job_gives_way(void **state)
{
    struct harness *harness = *state;
    struct harness other = {.store = NULL};
    struct store_restored restored;
    uint64_t job = harness_submit(harness, NULL, 10, 1);

    back_up(harness, "file");
    harness_open(&other);
    harness_close_store(&other);
    assert_int_equal(restore_file(&other, harness_path(harness, "file"), same_owner, &restored), 0);

    harness_reopen(&other);
    assert_int_equal(harness_job(&other, job).total, 10);
    harness_close(&other);
}

static void damage(const char *path, long offset, const char *bytes)
{
    FILE *file = fopen(path, "r+");

    assert_non_null(file);
    assert_int_equal(fseek(file, offset, SEEK_SET), 0);
    fputs(bytes, file);
    fclose(file);
}

/* And nothing of it stays. */
static void assert_refused(struct harness *harness, const char *name, int expected)
{
    struct harness other = {.store = NULL};
    struct store_restored restored;

    harness_make_directory(&other);
    assert_int_equal(restore_file(&other, harness_path(harness, name), same_owner, &restored), expected);
    assert_false(exists(&other, "urlstat.db"));
    assert_false(exists(&other, "urlstat.db.restoring"));
    harness_close(&other);
}

static void file_that_is_no_backup_is_refused(void **state)
{
    struct harness *harness = *state;
    FILE *file = fopen(harness_path(harness, "text"), "w");
    sqlite3 *stranger = NULL;

    assert_non_null(file);
    for (int i = 0; i < 1000; i++)
        fprintf(file, "This is a text, and not a database, line %d.\n", i);
    fclose(file);
    assert_refused(harness, "text", -EBADMSG);
    assert_int_equal(truncate(harness_path(harness, "text"), 0), 0);
    assert_refused(harness, "text", -EBADMSG);

    assert_int_equal(sqlite3_open(harness_path(harness, "theirs"), &stranger), SQLITE_OK);
    assert_int_equal(sqlite3_exec(stranger, "CREATE TABLE job (id)", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(stranger), SQLITE_OK);
    assert_refused(harness, "theirs", -EBADMSG);
}

static void backup_that_is_damaged_or_cut_short_is_refused(void **state)
{
    struct harness *harness = *state;
    struct stat status;

    (void)harness_submit(harness, NULL, 5000, 3);
    back_up(harness, "file");
    assert_int_equal(stat(harness_path(harness, "file"), &status), 0);
    for (off_t size = status.st_size - 1; size > 1000; size -= status.st_size / 7 + 1) {
        assert_int_equal(truncate(harness_path(harness, "file"), size), 0);
        assert_refused(harness, "file", -EUCLEAN);
    }
    back_up(harness, "file");
    damage(harness_path(harness, "file"), (long)(status.st_size / 2 & -16384), "damage damage damage damage");
    assert_refused(harness, "file", -EUCLEAN);
}

static void backup_of_a_newer_version_is_refused(void **state)
{
    struct harness *harness = *state;
    sqlite3 *stranger = NULL;

    back_up(harness, "file");
    assert_int_equal(sqlite3_open(harness_path(harness, "file"), &stranger), SQLITE_OK);
    assert_int_equal(sqlite3_exec(stranger, "PRAGMA user_version = 1000", NULL, NULL, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_close(stranger), SQLITE_OK);

    assert_refused(harness, "file", -EPROTONOSUPPORT);
}

/* anna has bob's old number here, and bob hers; nobody is carl. */
static uid_t changed_owner(void *userdata, const char *name, uid_t uid, uint64_t n_jobs)
{
    if (strcmp(name, "anna") == 0)
        return 1001;
    return strcmp(name, "bob") == 0 ? 1000 : 0;
}

static void jobs_follow_their_owners_names_even_when_two_change_places(void **state)
{
    struct harness *harness = *state;
    struct harness other = {.store = NULL};
    struct store_restored restored;

    /* The same key may be used once by each. */
    (void)submit_as(harness, "anna", 1000, "k");
    (void)submit_as(harness, "anna", 1000, "l");
    (void)submit_as(harness, "bob", 1001, "k");
    (void)submit_as(harness, "carl", 1002, "k");
    (void)submit_as(harness, "root", 0, "k");
    back_up(harness, "file");
    harness_make_directory(&other);
    assert_int_equal(restore_file(&other, harness_path(harness, "file"), changed_owner, &restored), 0);
    harness_reopen(&other);

    assert_int_equal(jobs_of(&other, 1001), 2);
    assert_int_equal(jobs_of(&other, 1000), 1);
    assert_int_equal(jobs_of(&other, 0), 2);
    assert_int_equal(submit_as(&other, "anna", 1001, "k"), 1);
    assert_int_equal(submit_as(&other, "bob", 1000, "k"), 3);
    harness_close(&other);
}

static void restore_that_meets_a_full_disk_changes_nothing(void **state)
{
    struct harness *harness = *state;
    struct harness other = {.store = NULL};
    struct store_restored restored;
    int r = -EIO;

    (void)harness_submit(harness, NULL, 100, 3);
    back_up(harness, "file");
    harness_make_directory(&other);
    for (unsigned n = 0; r < 0; n++) {
        faulty_disk_fail(n % 2 ? ".restoring-wal" : ".restoring", n / 2, SQLITE_FULL);
        r = restore_file(&other, harness_path(harness, "file"), changed_owner, &restored);
        faulty_disk_fail("", 0, SQLITE_OK);
        assert_true(r == 0 || (r == -ENOSPC && !exists(&other, "urlstat.db")));
    }

    assert_int_equal(harness_try_open(&other, &other.store), 0);
    assert_int_equal(jobs_of(&other, 1001), 1);
    harness_close(&other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(copy_has_what_was_committed_when_it_began),
        TEST(copy_that_is_being_made_sees_nothing_of_what_comes_meanwhile),
        TEST(copy_leaves_no_file_behind),
        TEST(log_starts_anew_once_the_copy_is_made_whoever_reads_it),
        TEST(second_copy_waits_until_the_first_is_made),
        TEST(copy_for_which_there_is_no_room_is_not_begun),
        TEST(copy_whose_disk_fails_says_so_and_goes_away),
        TEST(restored_store_says_how_much_it_has),
        TEST(store_with_jobs_is_not_overwritten),
        TEST(store_without_a_job_gives_way),
        TEST(file_that_is_no_backup_is_refused),
        TEST(backup_that_is_damaged_or_cut_short_is_refused),
        TEST(backup_of_a_newer_version_is_refused),
        TEST(jobs_follow_their_owners_names_even_when_two_change_places),
        TEST(restore_that_meets_a_full_disk_changes_nothing),
    };

    faulty_disk_install();
    return cmocka_run_group_tests_name("store backup", tests, NULL, NULL);
}
