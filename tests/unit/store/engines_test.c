#include "faulty_disk.h"
#include "fixture.h"
#include "store/sql.h"
#include "store/store.h"
#include "store/store_change.h"
#include "store/store_read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST "host0.example"

static const struct page front = {3, {"the", "cat", "sat"}, {5, 2, 1}};

static struct store_outcome counted(uint64_t job, uint64_t seq, const char *engine_id)
{
    struct store_outcome outcome = harness_outcome(job, seq, HOST, OUTCOME_COUNTED);

    outcome.counts = &front;
    outcome.n_words = front.n;
    outcome.tokens = 8;
    outcome.engine_id = engine_id;
    return outcome;
}

static void count_page(struct harness *harness, uint64_t job, uint64_t seq, const char *engine_id)
{
    struct store_outcome outcome = counted(job, seq, engine_id);

    assert_int_equal(DO(harness, outcome, STORE_OUTCOME), 0);
    assert_true(outcome.accepted);
}

/* "e-1 e-2" of these jobs. */
static void assert_engines(struct harness *harness, const uint64_t *jobs, size_t n_jobs, const char *expected)
{
    struct store_read_engines engines = {.jobs = jobs, .n_jobs = n_jobs};
    char found[512] = "";

    assert_int_equal(DO(harness, engines, STORE_READ_ENGINES), 0);
    for (size_t i = 0; i < engines.n_rows; i++)
        snprintf(
            found + strlen(found), sizeof(found) - strlen(found), "%s%s", i > 0 ? " " : "", engines.rows[i]);
    store_rows_free(engines.rows);
    assert_string_equal(found, expected);
}

static void assert_engines_of(struct harness *harness, uint64_t job, const char *expected)
{
    assert_engines(harness, &job, 1, expected);
}

static void each_id_is_told_once(void **state)
{
    struct harness *harness = *state;
    uint64_t jobs[] = {harness_submit(harness, NULL, 4, 1), harness_submit(harness, NULL, 2, 1),
        harness_submit(harness, NULL, 1, 1)};

    assert_engines_of(harness, jobs[0], "");
    for (uint64_t seq = 1; seq <= 4; seq++)
        count_page(harness, jobs[0], seq, seq % 2 ? "e-2" : "e-1");
    count_page(harness, jobs[1], 1, "e-2");
    count_page(harness, jobs[1], 2, "e-0");

    for (int i = 0; i < 2; i++) {
        assert_engines_of(harness, jobs[0], "e-1 e-2");
        assert_engines_of(harness, jobs[1], "e-0 e-2");
        assert_engines(harness, jobs, 3, "e-1 e-2 e-0");
        assert_engines(harness, jobs, 0, "");
        harness_reopen(harness);
    }
}

static void outcomes_without_a_page_or_an_id_tell_none(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 3, 1);
    struct store_outcome late = counted(job, 1, "e-1");

    assert_true(harness_end(harness, job, 1, HOST, OUTCOME_TIMEOUT, NULL));
    count_page(harness, job, 2, NULL);
    assert_int_equal(DO(harness, late, STORE_OUTCOME), 0);
    assert_false(late.accepted);

    assert_engines_of(harness, job, "");
}

static void id_of_a_reused_page_is_told_of_the_new_job(void **state)
{
    struct harness *harness = *state;
    uint64_t old = harness_submit(harness, NULL, 1, 1);
    uint64_t new = harness_submit(harness, NULL, 2, 1);
    struct store_outcome lost = harness_outcome(new, 2, HOST, OUTCOME_NOT_MODIFIED);
    struct store_outcome fresh = harness_outcome(new, 1, HOST, OUTCOME_FRESH);
    struct store_remove remove = {.job = old};
    struct store_outcome page = counted(old, 1, "e-1");

    page.url = "http://" HOST "/1";
    assert_int_equal(DO(harness, page, STORE_OUTCOME), 0);
    lost.reuse = fresh.reuse = (struct store_reuse){old, 1};
    lost.engine_id = "e-2";
    fresh.engine_id = "e-1";
    assert_int_equal(DO(harness, lost, STORE_OUTCOME), 0);
    assert_true(lost.reuse_lost);
    assert_engines_of(harness, new, "");
    assert_int_equal(DO(harness, fresh, STORE_OUTCOME), 0);
    assert_true(fresh.accepted);
    assert_int_equal(DO(harness, remove, STORE_REMOVE), 0);

    assert_engines_of(harness, new, "e-1");
}

static void id_goes_with_its_job(void **state)
{
    struct harness *harness = *state;
    uint64_t gone = harness_submit(harness, NULL, 1, 1);
    uint64_t kept = harness_submit(harness, NULL, 1, 1);
    struct store_remove remove = {.job = gone};
    struct sql *sql = NULL;
    int64_t n = -1;

    count_page(harness, gone, 1, "e-1");
    count_page(harness, kept, 1, "e-2");
    assert_int_equal(DO(harness, remove, STORE_REMOVE), 0);
    assert_engines(harness, (const uint64_t[]){gone, kept}, 2, "e-2");
    harness_wait_idle(harness);

    assert_int_equal(sql_open(harness_path(harness, "urlstat.db"), SQLITE_OPEN_READONLY, &sql), 0);
    assert_int_equal(sql_number(sql, "SELECT count(*) FROM job_engine", &n), 0);
    assert_int_equal(n, 1);
    sql_free(sql);
}

static void transaction_that_failed_leaves_no_id_and_keeps_none_from_being_written(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 2, 1);
    struct store_outcome outcome = counted(job, 1, "e-1");

    faulty_disk_fail("-wal", 0, SQLITE_IOERR_WRITE);
    assert_int_equal(DO(harness, outcome, STORE_OUTCOME), -EIO);
    faulty_disk_fail("", 0, SQLITE_OK);
    assert_engines_of(harness, job, "");
    count_page(harness, job, 1, "e-1");

    assert_engines_of(harness, job, "e-1");
}

static void of_many_ids_the_first_are_told(void **state)
{
    struct harness *harness = *state;
    uint64_t jobs[] = {harness_submit(harness, NULL, 10, 1), harness_submit(harness, NULL, 1, 1)};
    char id[16];

    for (uint64_t seq = 10; seq > 0; seq--) {
        snprintf(id, sizeof(id), "e-%02d", (int)seq);
        count_page(harness, jobs[0], seq, id);
    }
    count_page(harness, jobs[1], 1, "a");

    assert_engines(harness, jobs, 2, "e-01 e-02 e-03 e-04 e-05 e-06 e-07 e-08");
}

static void more_jobs_than_one_turn_takes_are_all_asked(void **state)
{
    struct harness *harness = *state;
    static uint64_t jobs[2 * STORE_STEP_ROWS + 1];
    size_t n = sizeof(jobs) / sizeof(jobs[0]);

    for (size_t i = 0; i < n; i++)
        jobs[i] = 1000000 + i; /* nobody's */
    jobs[n - 1] = harness_submit(harness, NULL, 1, 1);
    jobs[STORE_STEP_ROWS] = harness_submit(harness, NULL, 1, 1);
    count_page(harness, jobs[n - 1], 1, "e-2");
    count_page(harness, jobs[STORE_STEP_ROWS], 1, "e-1");

    assert_engines(harness, jobs, n, "e-1 e-2");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_id_is_told_once),
        TEST(outcomes_without_a_page_or_an_id_tell_none),
        TEST(id_of_a_reused_page_is_told_of_the_new_job),
        TEST(id_goes_with_its_job),
        TEST(transaction_that_failed_leaves_no_id_and_keeps_none_from_being_written),
        TEST(of_many_ids_the_first_are_told),
        TEST(more_jobs_than_one_turn_takes_are_all_asked),
    };

    faulty_disk_install();
    return cmocka_run_group_tests_name("store engines", tests, NULL, NULL);
}
