#include "daemon/daemon_notify.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void expect_line(enum notify_phase phase, struct engine_status status, const char *expected)
{
    char line[NOTIFY_MAX_STATUS];

    assert_ptr_equal(notify_format_status(phase, &status, line), line);
    assert_string_equal(line, expected);
}

static void idle_daemon_says_what_it_has_done(void **state)
{
    expect_line(NOTIFY_RUNNING, (struct engine_status){.counted = 0}, "Idle, 0 URLs counted since start");
    expect_line(NOTIFY_RUNNING, (struct engine_status){.counted = 1}, "Idle, 1 URL counted since start");
}

static void running_daemon_says_what_waits_and_how_fast_it_is(void **state)
{
    expect_line(NOTIFY_RUNNING,
        (struct engine_status){.jobs_running = 2, .queued = 1264, .active = 64, .urls_per_sec = 310.4},
        "2 jobs running; 1200 URLs queued, 64 active, 310 URLs/s");
    expect_line(NOTIFY_RUNNING,
        (struct engine_status){.jobs_running = 1, .queued = 1, .active = 1, .urls_per_sec = 0.04},
        "1 job running; 0 URLs queued, 1 active");
    expect_line(NOTIFY_RUNNING,
        (struct engine_status){
            .jobs_running = 1, .jobs_queued = 3, .jobs_paused = 2, .queued = 1, .urls_per_sec = 0.25},
        "1 job running, 3 queued, 2 paused; 1 URL queued, 0 active, 0.2 URLs/s");
}

static void store_that_cannot_write_comes_first(void **state)
{
    expect_line(NOTIFY_RUNNING, (struct engine_status){.store_error = -ENOSPC},
        "Fetching has paused, the store cannot write: no room on its disk; Idle, 0 URLs counted since start");
    expect_line(NOTIFY_RUNNING, (struct engine_status){.jobs_running = 1, .queued = 2, .store_error = -EIO},
        "Fetching has paused, the store cannot write: Input/output error; 1 job running; 2 URLs queued, 0 "
        "active");
}

static void file_of_the_jobs_that_is_no_good_comes_first(void **state)
{
    expect_line(NOTIFY_RUNNING, (struct engine_status){.is_stuck_damaged = true, .store_error = -EROFS},
        "The file of the jobs is damaged; Fetching has paused, the store cannot write: Read-only file "
        "system; "
        "Idle, 0 URLs counted since start");
    expect_line(NOTIFY_RUNNING, (struct engine_status){.is_older = true, .store_error = -ENOSPC},
        "Jobs of an earlier version wait to be migrated; Fetching has paused, the store cannot write: no "
        "room "
        "on its disk; Idle, 0 URLs counted since start");
}

static void start_and_stop_have_lines_of_their_own(void **state)
{
    expect_line(NOTIFY_STARTING, (struct engine_status){0}, "Reading the jobs of earlier runs");
    expect_line(NOTIFY_DRAINING, (struct engine_status){.active = 1}, "Stopping: 1 transfer ends");
    expect_line(NOTIFY_DRAINING, (struct engine_status){.active = 2}, "Stopping: 2 transfers end");
}

static void greatest_numbers_fit_the_line(void **state)
{
    const struct engine_status status = {
        .jobs_queued = UINT64_MAX,
        .jobs_running = UINT64_MAX,
        .jobs_paused = UINT64_MAX,
        .queued = UINT64_MAX,
        .active = UINT64_MAX / 2,
        .urls_per_sec = 1e300,
        .store_error = -EIO,
    };
    char line[NOTIFY_MAX_STATUS];

    notify_format_status(NOTIFY_RUNNING, &status, line);

    assert_true(strlen(line) == NOTIFY_MAX_STATUS - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(idle_daemon_says_what_it_has_done),
        cmocka_unit_test(running_daemon_says_what_waits_and_how_fast_it_is),
        cmocka_unit_test(store_that_cannot_write_comes_first),
        cmocka_unit_test(file_of_the_jobs_that_is_no_good_comes_first),
        cmocka_unit_test(start_and_stop_have_lines_of_their_own),
        cmocka_unit_test(greatest_numbers_fit_the_line),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
