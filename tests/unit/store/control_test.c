#include "fixture.h"
#include "store/store.h"
#include "store/store_change.h"
#include "store/store_read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct page front = {3, {"the", "cat", "sat"}, {5, 2, 1}};

static int set_state(struct harness *harness, uint64_t job, enum store_job_state state)
{
    struct store_set_state request = {
        .job = job, .state = state, .finished_usec = state == JOB_CANCELLED ? 99 : 0};

    return DO(harness, request, STORE_SET_STATE);
}

static int finish(struct harness *harness, uint64_t job, const char *totals)
{
    struct store_finish request = {
        .job = job, .finished_usec = 77, .totals = totals, .totals_size = totals ? strlen(totals) : 0};

    if (totals)
        request.n_pages = harness_job(harness, job).counted;
    return DO(harness, request, STORE_FINISH);
}

static uint64_t retry(struct harness *harness, uint64_t job, enum outcome outcome)
{
    struct store_retry request = {
        .job = job, .outcomes = &outcome, .n_outcomes = outcome == OUTCOME_NONE ? 0 : 1};

    assert_int_equal(DO(harness, request, STORE_RETRY), 0);
    return request.retried;
}

/* How many wait under the host, and the attempt of the last of them. */
static size_t waiting(struct harness *harness, uint64_t job, const char *host, uint32_t *ret_attempt)
{
    struct store_read_window window = {.job = job, .host = host};
    size_t n = 0;

    while (!window.end) {
        assert_int_equal(DO(harness, window, STORE_READ_WINDOW), 0);
        n += window.n_rows;
        if (window.n_rows > 0)
            *ret_attempt = window.rows[window.n_rows - 1].attempt;
        store_rows_free(window.rows);
    }
    return n;
}

static size_t count_active(struct harness *harness)
{
    struct store_read_jobs jobs = {.select = SELECT_ACTIVE};

    assert_int_equal(DO(harness, jobs, STORE_READ_JOBS), 0);
    store_rows_free(jobs.rows);
    return jobs.n_rows;
}

static void states_are_kept_over_a_restart(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 2, 1);

    assert_int_equal(set_state(harness, job, JOB_PAUSED), 0);
    harness_reopen(harness);

    assert_int_equal(harness_job(harness, job).state, JOB_PAUSED);
    assert_int_equal(count_active(harness), 1);
}

static void paused_job_takes_outcomes(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 2, 1);

    assert_int_equal(set_state(harness, job, JOB_PAUSED), 0);

    assert_true(harness_end(harness, job, 1, "host0.example", OUTCOME_COUNTED, &front));
}

static void cancelled_job_takes_nothing_and_its_rest_reads_as_cancelled(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 5, 1);
    struct store_refile refile = {.job = job, .seq = 2, .host = "o.example", .url = "http://o.example/"};
    struct store_read_urls urls = {.job = job, .state = URL_CANCELLED};
    struct store_read_outcomes outcomes_read = {.job = job};
    struct store_job_row row;
    uint32_t attempt;

    assert_true(harness_end(harness, job, 1, "host0.example", OUTCOME_COUNTED, &front));
    assert_true(harness_end(harness, job, 4, "host0.example", OUTCOME_CANCELLED, NULL));
    assert_int_equal(set_state(harness, job, JOB_CANCELLED), 0);
    assert_false(harness_end(harness, job, 2, "host0.example", OUTCOME_COUNTED, &front));
    assert_int_equal(DO(harness, refile, STORE_REFILE), 0);
    row = harness_job(harness, job);
    assert_int_equal(DO(harness, urls, STORE_READ_URLS), 0);
    assert_int_equal(DO(harness, outcomes_read, STORE_READ_OUTCOMES), 0);

    assert_false(refile.accepted);
    assert_int_equal(row.state, JOB_CANCELLED);
    assert_int_equal(row.finished_usec, 99);
    assert_int_equal(row.counted, 1);
    assert_int_equal(row.cancelled, 4);
    assert_int_equal(urls.n_rows, 4);
    assert_int_equal(urls.rows[0].outcome, OUTCOME_CANCELLED);
    assert_int_equal(outcomes_read.n_rows, 2);
    assert_int_equal(outcomes_read.rows[1].outcome, OUTCOME_CANCELLED);
    assert_int_equal(outcomes_read.rows[1].n, 4);
    assert_string_equal(outcomes_read.rows[1].example_url, "http://host0.example/2");
    assert_int_equal(waiting(harness, job, "host0.example", &attempt), 0);
    assert_int_equal(count_active(harness), 0);
    store_rows_free(urls.rows);
    store_rows_free(outcomes_read.rows);
}

static void ended_job_changes_its_state_only_by_retry(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 1, 1);

    assert_int_equal(set_state(harness, job, JOB_CANCELLED), 0);

    assert_int_equal(set_state(harness, job, JOB_RUNNING), -EINVAL);
    assert_int_equal(set_state(harness, job, JOB_CANCELLED), 0);
    assert_int_equal(set_state(harness, 99, JOB_CANCELLED), -ENOENT);
    assert_int_equal(retry(harness, job, OUTCOME_NONE), 1);
    assert_int_equal(harness_job(harness, job).state, JOB_RUNNING);
}

static void job_finishes_only_when_every_url_ended(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 2, 1);
    struct store_read_totals totals = {.job = job};
    struct store_read_hosts hosts = {.job = job};
    struct store_job_row row;

    assert_true(harness_end(harness, job, 1, "host0.example", OUTCOME_COUNTED, &front));
    assert_int_equal(finish(harness, job, "totals"), -EINVAL);
    assert_true(harness_end(harness, job, 2, "host0.example", OUTCOME_TIMEOUT, NULL));
    assert_int_equal(DO(harness, totals, STORE_READ_TOTALS), 0);
    assert_null(totals.bytes);
    assert_int_equal(finish(harness, job, "totals"), 0);
    row = harness_job(harness, job);
    assert_int_equal(DO(harness, totals, STORE_READ_TOTALS), 0);

    assert_int_equal(row.state, JOB_DONE);
    assert_int_equal(row.finished_usec, 77);
    assert_true(row.has_totals);
    assert_int_equal(totals.size, 6);
    assert_memory_equal(totals.bytes, "totals", 6);
    assert_int_equal(set_state(harness, job, JOB_CANCELLED), -EINVAL);
    free(totals.bytes);
    /* Nobody waits in the queue any more, and its rows go. */
    harness_wait_idle(harness);
    assert_int_equal(DO(harness, hosts, STORE_READ_HOSTS), 0);
    assert_int_equal(hosts.n_rows, 0);
}

static void totals_of_another_number_of_pages_are_refused(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 2, 1);
    struct store_finish few = {
        .job = job, .finished_usec = 77, .totals = "totals", .totals_size = 6, .n_pages = 1};
    struct store_read_totals totals = {.job = job};

    for (uint64_t seq = 1; seq <= 2; seq++)
        assert_true(harness_end(harness, job, seq, "host0.example", OUTCOME_COUNTED, &front));
    assert_int_equal(DO(harness, few, STORE_FINISH), -EINVAL);
    assert_true(few.refused);
    assert_int_equal(harness_job(harness, job).state, JOB_QUEUED);
    few.n_pages = 2;
    assert_int_equal(DO(harness, few, STORE_FINISH), 0);
    assert_false(few.refused);

    assert_int_equal(harness_job(harness, job).state, JOB_DONE);
    assert_int_equal(DO(harness, totals, STORE_READ_TOTALS), 0);
    assert_int_equal(totals.counted, 2);
    assert_int_equal(totals.size, 6);
    free(totals.bytes);
}

/* Those that were being made of a job that had ended, when it was taken up again. */
static void late_totals_do_not_end_a_job_that_was_retried(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 2, 1);
    struct store_finish late = {.job = job,
        .totals_only = true,
        .finished_usec = 77,
        .totals = "totals",
        .totals_size = 6,
        .n_pages = 2};
    struct store_outcome again = harness_outcome(job, 2, "host0.example", OUTCOME_COUNTED);

    assert_true(harness_end(harness, job, 1, "host0.example", OUTCOME_COUNTED, &front));
    assert_true(harness_end(harness, job, 2, "host0.example", OUTCOME_TIMEOUT, NULL));
    assert_int_equal(finish(harness, job, NULL), 0);
    assert_int_equal(retry(harness, job, OUTCOME_NONE), 1);
    again.attempt = 1;
    assert_int_equal(DO(harness, again, STORE_OUTCOME), 0);
    assert_true(again.accepted);
    assert_int_equal(DO(harness, late, STORE_FINISH), -EINVAL);

    assert_false(late.refused);
    assert_int_equal(harness_job(harness, job).state, JOB_RUNNING);
    assert_false(harness_job(harness, job).has_totals);
    assert_int_equal(finish(harness, job, NULL), 0);
    assert_int_equal(DO(harness, late, STORE_FINISH), 0);
    assert_true(harness_job(harness, job).has_totals);
}

static void retry_makes_failed_urls_wait_again_as_a_new_attempt(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 4, 2);
    struct store_outcome late = harness_outcome(job, 2, "host0.example", OUTCOME_COUNTED);
    struct store_outcome now = harness_outcome(job, 2, "host0.example", OUTCOME_COUNTED);
    struct store_job_row row;
    uint32_t attempt = 0;

    assert_true(harness_end(harness, job, 1, "host1.example", OUTCOME_COUNTED, &front));
    assert_true(harness_end(harness, job, 2, "host0.example", OUTCOME_TIMEOUT, NULL));
    assert_true(harness_end(harness, job, 3, "host1.example", OUTCOME_HTTP_ERROR, NULL));
    assert_true(harness_end(harness, job, 4, "host0.example", OUTCOME_DENIED_HOST, NULL));
    assert_int_equal(finish(harness, job, "t"), 0);
    assert_int_equal(retry(harness, job, OUTCOME_NONE), 2);
    row = harness_job(harness, job);

    assert_int_equal(row.state, JOB_RUNNING);
    assert_int_equal(row.finished_usec, 0);
    assert_false(row.has_totals);
    assert_int_equal(row.counted, 1);
    assert_int_equal(row.skipped, 1);
    assert_int_equal(row.failed, 0);
    assert_int_equal(row.body_bytes, 200);
    assert_int_equal(waiting(harness, job, "host0.example", &attempt), 1);
    assert_int_equal(attempt, 1);
    assert_int_equal(waiting(harness, job, "host1.example", &attempt), 1);
    now.attempt = 1;
    assert_int_equal(DO(harness, late, STORE_OUTCOME), 0);
    assert_int_equal(DO(harness, now, STORE_OUTCOME), 0);
    assert_false(late.accepted);
    assert_true(now.accepted);
}

static void retry_takes_the_outcomes_that_are_named_and_nothing_counted(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 3, 1);
    enum outcome wanted[] = {OUTCOME_COUNTED, OUTCOME_DENIED_HOST};
    struct store_retry request = {.job = job, .outcomes = wanted, .n_outcomes = 2};

    assert_true(harness_end(harness, job, 1, "host0.example", OUTCOME_COUNTED, &front));
    assert_true(harness_end(harness, job, 2, "host0.example", OUTCOME_TIMEOUT, NULL));
    assert_int_equal(retry(harness, job, OUTCOME_HTTP_ERROR), 0);
    assert_int_equal(DO(harness, request, STORE_RETRY), 0);
    assert_int_equal(request.retried, 0);
    assert_true(harness_end(harness, job, 3, "host0.example", OUTCOME_DENIED_HOST, NULL));
    assert_int_equal(finish(harness, job, NULL), 0);
    assert_int_equal(retry(harness, job, OUTCOME_HTTP_ERROR), 0);
    assert_int_equal(harness_job(harness, job).state, JOB_DONE);
    assert_int_equal(retry(harness, job, OUTCOME_DENIED_HOST), 1);

    assert_int_equal(harness_job(harness, job).failed, 1);
    assert_int_equal(harness_job(harness, job).skipped, 0);
}

static void retried_redirect_starts_from_what_was_submitted(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 1, 1);
    struct store_refile refile = {
        .job = job, .seq = 1, .host = "o.example", .url = "http://o.example/", .hops = 1};
    struct store_read_window window = {.job = job, .host = "host0.example"};
    uint32_t attempt;

    assert_int_equal(DO(harness, refile, STORE_REFILE), 0);
    assert_true(harness_end(harness, job, 1, "o.example", OUTCOME_TIMEOUT, NULL));
    assert_int_equal(retry(harness, job, OUTCOME_TIMEOUT), 1);
    assert_int_equal(DO(harness, window, STORE_READ_WINDOW), 0);

    assert_int_equal(waiting(harness, job, "o.example", &attempt), 0);
    assert_int_equal(window.n_rows, 1);
    assert_string_equal(window.rows[0].url, "http://host0.example/1");
    assert_int_equal(window.rows[0].hops, 0);
    store_rows_free(window.rows);
}

static void retry_of_a_cancelled_job_takes_up_the_rest_as_a_new_attempt(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 10, 1);
    uint32_t attempt = 0;

    assert_true(harness_end(harness, job, 1, "host0.example", OUTCOME_COUNTED, &front));
    assert_true(harness_end(harness, job, 2, "host0.example", OUTCOME_TIMEOUT, NULL));
    assert_int_equal(set_state(harness, job, JOB_CANCELLED), 0);
    assert_int_equal(retry(harness, job, OUTCOME_NONE), 9);

    assert_int_equal(waiting(harness, job, "host0.example", &attempt), 9);
    assert_int_equal(attempt, 1);
    assert_false(harness_end(harness, job, 3, "host0.example", OUTCOME_COUNTED, &front));
    assert_int_equal(harness_job(harness, job).cancelled, 0);
}

static void retry_of_many_goes_on_over_many_transactions(void **state)
{
    struct harness *harness = *state;
    enum {
        N = 12000
    };
    uint64_t job = harness_submit(harness, NULL, N, 1);
    struct store_outcome *requests = calloc(N, sizeof(*requests));
    struct store_read_outcomes outcomes_read = {.job = job};
    uint32_t attempt = 0;

    assert_non_null(requests);
    for (uint64_t i = 0; i < N; i++) {
        requests[i] =
            harness_outcome(job, i + 1, "host0.example", i % 2 ? OUTCOME_TIMEOUT : OUTCOME_HTTP_ERROR);
        harness_post(harness, &requests[i].request, STORE_OUTCOME);
    }
    harness_wait(harness);
    free(requests);
    assert_int_equal(retry(harness, job, OUTCOME_TIMEOUT), N / 2);
    assert_int_equal(DO(harness, outcomes_read, STORE_READ_OUTCOMES), 0);

    assert_int_equal(outcomes_read.n_rows, 1);
    assert_int_equal(outcomes_read.rows[0].n, N / 2);
    assert_int_equal(waiting(harness, job, "host0.example", &attempt), N / 2);
    store_rows_free(outcomes_read.rows);
}

static void removed_job_is_gone_at_once(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, "docs", 10, 2);
    struct store_remove request = {.job = job};
    struct store_read_urls urls = {.job = job, .state = -1};
    struct store_read_jobs latest = {.select = SELECT_LATEST, .uid = 1000};
    struct store_job_row row;

    assert_int_equal(DO(harness, request, STORE_REMOVE), 0);

    assert_int_equal(harness_find_job(harness, job, &row), -ENOENT);
    assert_int_equal(DO(harness, urls, STORE_READ_URLS), -ENOENT);
    assert_int_equal(DO(harness, latest, STORE_READ_JOBS), -ENOENT);
    assert_int_equal(DO(harness, request, STORE_REMOVE), -ENOENT);
    assert_false(harness_end(harness, job, 1, "host0.example", OUTCOME_TIMEOUT, NULL));
    assert_int_equal(finish(harness, job, NULL), -ENOENT);
}

static void removal_gives_space_back_and_leaves_other_jobs_alone(void **state)
{
    struct harness *harness = *state;
    uint64_t kept = harness_submit(harness, NULL, 100, 3);
    uint64_t job = harness_submit(harness, NULL, 30000, 300);
    struct store_remove request = {.job = job};
    struct store_read_urls urls = {.job = kept, .state = -1};
    struct store_stats before, after;

    for (uint64_t seq = 1; seq <= 50; seq++)
        assert_true(harness_end(harness, job, seq, harness_host(seq, 300), OUTCOME_COUNTED, &front));
    harness_reopen(harness);
    store_get_stats(harness->store, &before);
    assert_int_equal(DO(harness, request, STORE_REMOVE), 0);
    harness_wait_idle(harness);
    harness_reopen(harness);
    store_get_stats(harness->store, &after);
    assert_int_equal(DO(harness, urls, STORE_READ_URLS), 0);

    assert_true(after.database_bytes < before.database_bytes / 4);
    assert_int_equal(urls.n_rows, 100);
    store_rows_free(urls.rows);
}

static void removal_goes_on_after_a_restart(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 50000, 500);
    struct store_remove request = {.job = job};
    struct store_stats before, after;
    struct store_job_row row;

    harness_reopen(harness);
    store_get_stats(harness->store, &before);
    assert_int_equal(DO(harness, request, STORE_REMOVE), 0);
    harness_reopen(harness);
    assert_int_equal(harness_find_job(harness, job, &row), -ENOENT);
    harness_wait_idle(harness);
    store_get_stats(harness->store, &after);

    assert_true(after.database_bytes < before.database_bytes / 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(states_are_kept_over_a_restart),
        TEST(paused_job_takes_outcomes),
        TEST(cancelled_job_takes_nothing_and_its_rest_reads_as_cancelled),
        TEST(ended_job_changes_its_state_only_by_retry),
        TEST(job_finishes_only_when_every_url_ended),
        TEST(totals_of_another_number_of_pages_are_refused),
        TEST(late_totals_do_not_end_a_job_that_was_retried),
        TEST(retry_makes_failed_urls_wait_again_as_a_new_attempt),
        TEST(retry_takes_the_outcomes_that_are_named_and_nothing_counted),
        TEST(retried_redirect_starts_from_what_was_submitted),
        TEST(retry_of_a_cancelled_job_takes_up_the_rest_as_a_new_attempt),
        TEST(retry_of_many_goes_on_over_many_transactions),
        TEST(removed_job_is_gone_at_once),
        TEST(removal_goes_on_after_a_restart),
        TEST(removal_gives_space_back_and_leaves_other_jobs_alone),
        TEST(totals_of_another_number_of_pages_are_refused),
        TEST(retry_makes_failed_urls_wait_again_as_a_new_attempt),
        TEST(retry_takes_the_outcomes_that_are_named_and_nothing_counted),
        TEST(retried_redirect_starts_from_what_was_submitted),
        TEST(retry_of_a_cancelled_job_takes_up_the_rest_as_a_new_attempt),
        TEST(retry_of_many_goes_on_over_many_transactions),
        TEST(removed_job_is_gone_at_once),
        TEST(removal_goes_on_after_a_restart),
        TEST(removal_gives_space_back_and_leaves_other_jobs_alone),
        TEST(late_totals_do_not_end_a_job_that_was_retried),
        TEST(retry_makes_failed_urls_wait_again_as_a_new_attempt),
        TEST(retry_takes_the_outcomes_that_are_named_and_nothing_counted),
        TEST(retried_redirect_starts_from_what_was_submitted),
        TEST(retry_of_a_cancelled_job_takes_up_the_rest_as_a_new_attempt),
        TEST(retry_of_many_goes_on_over_many_transactions),
        TEST(removed_job_is_gone_at_once),
        TEST(removal_goes_on_after_a_restart),
        TEST(removal_gives_space_back_and_leaves_other_jobs_alone),
    };

    return cmocka_run_group_tests_name("store control", tests, NULL, NULL);
}
