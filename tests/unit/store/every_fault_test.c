/* Every kind of request, each step of the disk and each allocation of which fails once: what came back with
 * an error is handed over again as it is, and in the end nothing is lost and nothing counted twice. */
#include "describe.h"
#include "life.h"

#include "failing.h"
#include "faulty_disk.h"
#include "faulty_memory.h"
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

/* What is there in the end, in words. */
static char *describe(struct harness *harness)
{
    struct store_read_jobs jobs = {.select = SELECT_ALL};
    char *text = NULL;
    size_t size;
    FILE *file = open_memstream(&text, &size);

    assert_non_null(file);
    assert_int_equal(DO(harness, jobs, STORE_READ_JOBS), 0);
    for (size_t i = 0; i < jobs.n_rows; i++) {
        char *job = describe_job(harness, jobs.rows[i].job);

        fprintf(file, "job %s state %d priority %d\n%s", jobs.rows[i].name, (int)jobs.rows[i].state,
            (int)jobs.rows[i].priority, job);
        free(job);
    }
    store_rows_free(jobs.rows);
    fclose(file);
    return text;
}

/* Whether the fault that was set has come about. */
static bool struck;

/* All of it in a new store; what is there in the end. */
static char *live(void)
{
    struct harness harness = {.in_memory = true, .sync_full = true};
    char *text;

    harness_make_directory(&harness);
    must_open(&harness);
    life_of_a_job(&harness);
    must_reopen(&harness);
    life_of_others(&harness);
    must_reopen(&harness);
    struck = faulty_disk_stop() || faulty_memory_failed();
    faulty_memory_fail(0, 0);
    struck |= failing_stop();
    text = describe(&harness);
    harness_close(&harness);
    return text;
}

/* ---- the tests ---- */

static char *expected;

static int live_once(void **state)
{
    failing_pause();
    expected = live();
    for (size_t i = 0; i < N_STORE_KINDS; i++)
        if (!must_used[i])
            fail_msg("no request of kind %zu is tested", i);
    return must_errors == 0 ? 0 : -1;
}

static int forget(void **state)
{
    free(expected);
    return 0;
}

static void live_and_compare(void)
{
    char *found = live();

    assert_string_equal(found, expected);
    free(found);
}

#ifdef __SANITIZE_THREAD__
#define SLOWNESS 7
#else
#define SLOWNESS 1
#endif

/* Each of them by EVERY_FAULT=1, each so-and-so-manieth by another number; in the suite as many as take some
 * seconds. */
static unsigned stride(unsigned usual)
{
    const char *given = getenv("EVERY_FAULT");
    unsigned n = given ? (unsigned)strtoul(given, NULL, 10) : usual * SLOWNESS;

    return n > 0 ? n : 1;
}

static void fail_each(unsigned steps, int status, unsigned usual)
{
    unsigned n = (unsigned)status % stride(usual);
    unsigned n_before = must_errors;
    unsigned runs = 0;

    do {
        faulty_disk_fail_once(steps, n, status);
        live_and_compare();
        n += stride(usual);
        runs++;
    } while (struck);
    print_message("%u faults up to the %u-th step, %u requests came back with the error\n", runs - 1, n,
        must_errors - n_before);
}

static void disk_that_is_full_once(void **state)
{
    fail_each(FAULTY_WRITE, SQLITE_FULL, 47);
}

static void disk_that_fails_to_write_once(void **state)
{
    fail_each(FAULTY_WRITE, SQLITE_IOERR_WRITE, 61);
}

static void disk_that_fails_to_read_once(void **state)
{
    fail_each(FAULTY_READ, SQLITE_IOERR_READ, 17);
}

static void disk_that_fails_to_sync_or_to_truncate_once(void **state)
{
    fail_each(FAULTY_SYNC, SQLITE_IOERR_FSYNC, 23);
    fail_each(FAULTY_TRUNCATE, SQLITE_IOERR_TRUNCATE, 3);
}

static void file_that_is_locked_once(void **state)
{
    fail_each(FAULTY_LOCK, SQLITE_BUSY, 97);
}

static void disk_that_fails_to_lock_or_to_open_once(void **state)
{
    fail_each(FAULTY_LOCK, SQLITE_IOERR_LOCK, 97);
    fail_each(FAULTY_OPEN, SQLITE_IOERR, 7);
}

static void memory_of_our_own_that_is_short_once(void **state)
{
    unsigned n = 1;

    do {
        failing_nth(n);
        failing_pause();
        live_and_compare();
        n += stride(17);
    } while (struck);
    print_message("about %u allocations\n", n);
}

static void memory_of_the_database_that_is_short_once(void **state)
{
    unsigned n = 1;

    do {
        faulty_memory_fail(n, 0);
        live_and_compare();
        n += stride(1499);
    } while (struck);
    print_message("about %u allocations\n", n);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(disk_that_is_full_once),
        cmocka_unit_test(disk_that_fails_to_write_once),
        cmocka_unit_test(disk_that_fails_to_read_once),
        cmocka_unit_test(disk_that_fails_to_sync_or_to_truncate_once),
        cmocka_unit_test(file_that_is_locked_once),
        cmocka_unit_test(disk_that_fails_to_lock_or_to_open_once),
        cmocka_unit_test(memory_of_our_own_that_is_short_once),
        cmocka_unit_test(memory_of_the_database_that_is_short_once),
    };

    faulty_memory_install();
    faulty_disk_install();
    return cmocka_run_group_tests_name("store every fault", tests, live_once, forget);
}
