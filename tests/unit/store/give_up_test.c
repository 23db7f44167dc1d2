#include "fixture.h"
#include "store/schema.h"
#include "store/store.h"
#include "store/store_change.h"
#include "store/store_read.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define N 5000
static const struct page front = {3, {"the", "cat", "sat"}, {5, 2, 1}};

static struct store_give_up give_up_of(uint64_t job, const char *host, bool https)
{
    return (struct store_give_up){.job = job,
        .host = host,
        .https = https,
        .outcome = OUTCOME_HOST_FAILED,
        .usec = 42,
        .detail = "dead"};
}

static uint64_t give_up(struct harness *harness, uint64_t job, const char *host)
{
    struct store_give_up request = give_up_of(job, host, false);

    assert_int_equal(DO(harness, request, STORE_GIVE_UP), 0);
    assert_false(request.existed);
    return request.n;
}

static uint64_t retry(struct harness *harness, uint64_t job, enum outcome outcome)
{
    struct store_retry request = {
        .job = job, .outcomes = &outcome, .n_outcomes = outcome == OUTCOME_NONE ? 0 : 1};

    assert_int_equal(DO(harness, request, STORE_RETRY), 0);
    return request.retried;
}

static size_t waiting(struct harness *harness, uint64_t job, const char *host, const char *scheme)
{
    struct store_read_window window = {.job = job, .host = host, .scheme = scheme};
    size_t n = 0;

    while (!window.end) {
        assert_int_equal(DO(harness, window, STORE_READ_WINDOW), 0);
        n += window.n_rows;
        store_rows_free(window.rows);
        window.rows = NULL;
    }
    return n;
}

/* How many read as this outcome; the detail of the last of them in `detail`. */
static size_t urls_of(struct harness *harness, uint64_t job, enum outcome outcome, char *detail, size_t size)
{
    struct store_read_urls urls = {.job = job, .state = -1, .outcome = outcome};
    size_t n = 0;

    while (!urls.end) {
        assert_int_equal(DO(harness, urls, STORE_READ_URLS), 0);
        for (size_t i = 0; i < urls.n_rows; i++) {
            assert_int_equal(urls.rows[i].outcome, outcome);
            if (detail)
                snprintf(detail, size, "%s", urls.rows[i].detail);
        }
        n += urls.n_rows;
        urls.after = urls.next_after;
        store_rows_free(urls.rows);
        urls.rows = NULL;
    }
    return n;
}

static void refile(
    struct harness *harness, uint64_t job, uint64_t seq, const char *host, const char *url, bool accepted)
{
    struct store_refile request = {.job = job, .seq = seq, .host = host, .url = url, .hops = 1};

    assert_int_equal(DO(harness, request, STORE_REFILE), 0);
    assert_int_equal(request.accepted, accepted);
}

static void host_that_is_given_up_ends_what_waits_there_and_nothing_else(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, N, 2);
    struct store_job_row row;
    char detail[16];

    assert_true(harness_end(harness, job, 2, "host0.example", OUTCOME_COUNTED, &front));
    refile(harness, job, 4, "host1.example", "http://host1.example/x", true);
    refile(harness, job, 3, "host0.example", "http://host0.example/y", true);
    assert_int_equal(give_up(harness, job, "host0.example"), N / 2 - 1);

    row = harness_job(harness, job);
    assert_int_equal(row.counted, 1);
    assert_int_equal(row.failed, N / 2 - 1);
    assert_int_equal(waiting(harness, job, "host0.example", NULL), 0);
    assert_int_equal(waiting(harness, job, "host1.example", NULL), N / 2);
    assert_int_equal(urls_of(harness, job, OUTCOME_HOST_FAILED, detail, sizeof(detail)), N / 2 - 1);
    assert_string_equal(detail, "dead");
    /* Late results of what has ended are not taken, the others' are. */
    assert_false(harness_end(harness, job, 6, "host0.example", OUTCOME_COUNTED, &front));
    refile(harness, job, 8, "host1.example", "http://host1.example/z", false);
    assert_true(harness_end(harness, job, 4, "host1.example", OUTCOME_COUNTED, &front));
}

static void example_of_a_host_that_failed_is_the_first_url(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, N, 2);
    struct store_read_outcomes read = {.job = job};

    assert_true(harness_end(harness, job, 2, "host0.example", OUTCOME_COUNTED, &front));
    give_up(harness, job, "host0.example");

    assert_int_equal(DO(harness, read, STORE_READ_OUTCOMES), 0);
    assert_int_equal(read.n_rows, 2);
    assert_int_equal(read.rows[1].outcome, OUTCOME_HOST_FAILED);
    assert_int_equal(read.rows[1].n, N / 2 - 1);
    assert_string_equal(read.rows[1].example_url, "http://host0.example/4");
    assert_string_equal(read.rows[1].example_detail, "dead");
    store_rows_free(read.rows);
}

static void other_scheme_of_the_host_goes_on(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 10, 1);

    refile(harness, job, 3, "host0.example", "https://host0.example/3", true);
    refile(harness, job, 7, "host0.example", "https://host0.example/7", true);
    assert_int_equal(give_up(harness, job, "host0.example"), 8);

    assert_int_equal(waiting(harness, job, "host0.example", NULL), 2);
    assert_int_equal(waiting(harness, job, "host0.example", "https"), 2);
    assert_int_equal(waiting(harness, job, "host0.example", "http"), 0);
    assert_true(harness_end(harness, job, 3, "host0.example", OUTCOME_COUNTED, &front));
    assert_false(harness_end(harness, job, 4, "host0.example", OUTCOME_COUNTED, &front));
}

static void what_comes_under_the_host_later_waits_and_is_not_given_up_twice(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 10, 2);
    struct store_give_up again = give_up_of(job, "host0.example", false);

    assert_int_equal(give_up(harness, job, "host0.example"), 5);
    refile(harness, job, 3, "host0.example", "http://host0.example/late", true);

    assert_int_equal(waiting(harness, job, "host0.example", NULL), 1);
    assert_int_equal(DO(harness, again, STORE_GIVE_UP), 0);
    assert_true(again.existed);
    assert_true(harness_end(harness, job, 3, "host0.example", OUTCOME_HOST_FAILED, NULL));
    assert_int_equal(harness_job(harness, job).failed, 6);
    assert_int_equal(urls_of(harness, job, OUTCOME_HOST_FAILED, NULL, 0), 6);
}

static void retry_takes_a_host_back_that_was_given_up(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, N, 2);
    struct store_finish finish = {.job = job, .finished_usec = 77};

    assert_true(harness_end(harness, job, 2, "host0.example", OUTCOME_TIMEOUT, NULL));
    give_up(harness, job, "host0.example");
    give_up(harness, job, "host1.example");
    assert_int_equal(DO(harness, finish, STORE_FINISH), 0);
    harness_wait_idle(harness);
    assert_int_equal(retry(harness, job, OUTCOME_HOST_FAILED), N - 1);

    assert_int_equal(harness_job(harness, job).failed, 1);
    assert_int_equal(harness_job(harness, job).state, JOB_RUNNING);
    assert_int_equal(waiting(harness, job, "host0.example", NULL), N / 2 - 1);
    assert_int_equal(waiting(harness, job, "host1.example", NULL), N / 2);
    /* They can be given up once more. */
    assert_int_equal(give_up(harness, job, "host0.example"), N / 2 - 1);
    assert_int_equal(retry(harness, job, OUTCOME_NONE), N / 2);
    assert_int_equal(harness_job(harness, job).failed, 0);
}

static void seal_without_number_is_broken_at_the_next_start(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 10, 1);
    struct sql *sql;

    harness_close_store(harness);
    assert_int_equal(
        schema_open(harness_path(harness, "urlstat.db"), &schema_current, &(struct schema_watch){0}, &sql),
        0);
    assert_int_equal(sql_execute(sql,
                         "INSERT INTO given_up (job, host, https, partition, outcome, batch, ended)"
                         " SELECT id, 'host0.example', 0, 0, 9, next_batch, 1 FROM job"),
        0);
    sql_free(sql);
    harness_reopen(harness);

    assert_int_equal(waiting(harness, job, "host0.example", NULL), 10);
    assert_true(harness_end(harness, job, 1, "host0.example", OUTCOME_COUNTED, &front));
    assert_int_equal(give_up(harness, job, "host0.example"), 9);
}

static void cancel_and_removal_go_over_a_host_that_is_being_given_up(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, N, 1);
    struct store_give_up request = give_up_of(job, "host0.example", false);
    struct store_set_state cancel = {.job = job, .state = JOB_CANCELLED, .finished_usec = 9};
    struct store_remove removal = {.job = job};
    struct store_job_row row;

    harness_post(harness, &request.request, STORE_GIVE_UP);
    harness_post(harness, &cancel.request, STORE_SET_STATE);
    harness_wait(harness);
    assert_int_equal(cancel.request.r, 0);
    assert_int_equal(request.request.r, 0);
    row = harness_job(harness, job);
    assert_int_equal(row.cancelled + row.failed, N);
    assert_int_equal(row.failed, request.n);
    assert_int_equal(retry(harness, job, OUTCOME_NONE), N);
    assert_int_equal(waiting(harness, job, "host0.example", NULL), N);

    request = give_up_of(job, "host0.example", false);
    harness_post(harness, &request.request, STORE_GIVE_UP);
    harness_post(harness, &removal.request, STORE_REMOVE);
    harness_wait(harness);
    assert_int_equal(removal.request.r, 0);
    assert_true(request.request.r == 0 || request.request.r == -ENOENT);
    harness_wait_idle(harness);
}

static uint64_t submit_with_deadline(struct harness *harness, size_t n)
{
    struct store_begin begin = {0};
    struct store_commit commit;

    assert_int_equal(DO(harness, begin, STORE_BEGIN), 0);
    assert_int_equal(harness_append(harness, begin.job, 1, n, 1), 0);
    commit = harness_commit(begin.job, NULL, n);
    commit.deadline_usec = 5;
    assert_int_equal(DO(harness, commit, STORE_COMMIT), 0);
    return commit.job;
}

static uint64_t expire(struct harness *harness, uint64_t job)
{
    struct store_end_rest request = {.job = job, .usec = 55, .detail = "late"};

    assert_int_equal(DO(harness, request, STORE_END_REST), 0);
    return request.n;
}

static void deadline_ends_what_has_no_outcome(void **state)
{
    struct harness *harness = *state;
    uint64_t job = submit_with_deadline(harness, 10);
    struct store_end_rest again = {.job = job, .usec = 55};
    struct store_job_row row;
    char detail[16];

    assert_true(harness_end(harness, job, 2, "host0.example", OUTCOME_COUNTED, &front));
    assert_int_equal(expire(harness, job), 9);

    row = harness_job(harness, job);
    assert_int_equal(row.state, JOB_DONE);
    assert_int_equal(row.finished_usec, 55);
    assert_int_equal(row.counted, 1);
    assert_int_equal(row.failed + row.skipped, 9);
    assert_int_equal(urls_of(harness, job, OUTCOME_EXPIRED, detail, sizeof(detail)), 9);
    assert_string_equal(detail, "late");
    assert_false(harness_end(harness, job, 3, "host0.example", OUTCOME_COUNTED, &front));
    assert_int_equal(DO(harness, again, STORE_END_REST), -EINVAL);
}

static void retry_after_the_deadline_takes_what_is_named(void **state)
{
    struct harness *harness = *state;
    uint64_t job = submit_with_deadline(harness, 10);

    assert_true(harness_end(harness, job, 1, "host0.example", OUTCOME_TIMEOUT, NULL));
    assert_true(harness_end(harness, job, 2, "host0.example", OUTCOME_COUNTED, &front));
    assert_int_equal(expire(harness, job), 8);
    assert_int_equal(retry(harness, job, OUTCOME_TIMEOUT), 1);
    assert_int_equal(waiting(harness, job, "host0.example", NULL), 1);
    assert_false(harness_end(harness, job, 3, "host0.example", OUTCOME_COUNTED, &front));
    assert_int_equal(urls_of(harness, job, OUTCOME_EXPIRED, NULL, 0), 8);
    /* While it runs, they stay what they are. */
    assert_int_equal(retry(harness, job, OUTCOME_EXPIRED), 0);
    assert_int_equal(waiting(harness, job, "host0.example", NULL), 1);
}

static void what_a_deadline_ended_is_still_in_the_queue_when_the_job_has_ended_again(void **state)
{
    struct harness *harness = *state;
    uint64_t job = submit_with_deadline(harness, 10);
    struct store_finish finish = {.job = job, .finished_usec = 60};
    struct store_outcome outcome = harness_outcome(job, 1, "host0.example", OUTCOME_TIMEOUT);

    assert_true(harness_end(harness, job, 1, "host0.example", OUTCOME_TIMEOUT, NULL));
    assert_int_equal(expire(harness, job), 9);
    assert_int_equal(retry(harness, job, OUTCOME_TIMEOUT), 1);
    outcome.attempt = 1;
    assert_int_equal(DO(harness, outcome, STORE_OUTCOME), 0);
    assert_true(outcome.accepted);
    assert_int_equal(DO(harness, finish, STORE_FINISH), 0);
    harness_wait_idle(harness);

    assert_int_equal(retry(harness, job, OUTCOME_EXPIRED), 9);
    assert_int_equal(waiting(harness, job, "host0.example", NULL), 9);
}

static void retry_of_what_a_cancel_left_leaves_what_a_deadline_ended(void **state)
{
    struct harness *harness = *state;
    uint64_t job = submit_with_deadline(harness, 10);
    struct store_set_state cancel = {.job = job, .state = JOB_CANCELLED, .finished_usec = 60};

    assert_true(harness_end(harness, job, 1, "host0.example", OUTCOME_TIMEOUT, NULL));
    assert_int_equal(expire(harness, job), 9);
    assert_int_equal(retry(harness, job, OUTCOME_TIMEOUT), 1);
    assert_int_equal(DO(harness, cancel, STORE_SET_STATE), 0);

    assert_int_equal(retry(harness, job, OUTCOME_CANCELLED), 1);
    assert_int_equal(waiting(harness, job, "host0.example", NULL), 1);
    assert_int_equal(urls_of(harness, job, OUTCOME_EXPIRED, NULL, 0), 9);
}

static void job_that_is_paused_stays_so_when_it_is_retried(void **state)
{
    struct harness *harness = *state;
    uint64_t job = harness_submit(harness, NULL, 3, 1);
    struct store_set_state pause = {.job = job, .state = JOB_PAUSED};

    assert_true(harness_end(harness, job, 1, "host0.example", OUTCOME_TIMEOUT, NULL));
    assert_int_equal(DO(harness, pause, STORE_SET_STATE), 0);
    assert_int_equal(retry(harness, job, OUTCOME_TIMEOUT), 1);
    assert_int_equal(harness_job(harness, job).state, JOB_PAUSED);
    assert_int_equal(waiting(harness, job, "host0.example", NULL), 3);
}

static void retry_of_what_a_deadline_ended_is_a_new_attempt(void **state)
{
    struct harness *harness = *state;
    uint64_t job = submit_with_deadline(harness, 10);
    struct store_outcome outcome;

    assert_int_equal(expire(harness, job), 10);
    assert_int_equal(retry(harness, job, OUTCOME_NONE), 10);

    assert_int_equal(harness_job(harness, job).state, JOB_RUNNING);
    assert_int_equal(harness_job(harness, job).failed + harness_job(harness, job).skipped, 0);
    assert_int_equal(waiting(harness, job, "host0.example", NULL), 10);
    assert_false(harness_end(harness, job, 1, "host0.example", OUTCOME_TIMEOUT, NULL));
    outcome = harness_outcome(job, 1, "host0.example", OUTCOME_TIMEOUT);
    outcome.attempt = 1;
    assert_int_equal(DO(harness, outcome, STORE_OUTCOME), 0);
    assert_true(outcome.accepted);
}

static void file_of_version_2_gains_what_ends_many_at_once(void **state)
{
    struct harness *harness = *state;
    const struct schema two = {schema_current.versions, 2};
    struct sql *sql;

    harness_close_store(harness);
    assert_int_equal(unlink(harness_path(harness, "urlstat.db")), 0);
    assert_int_equal(
        schema_open(harness_path(harness, "urlstat.db"), &two, &(struct schema_watch){0}, &sql), 0);
    assert_int_equal(sql_execute(sql,
                         "INSERT INTO job (state, total, user, next_batch) VALUES (1, 1, 'anna', 2);"
                         "INSERT INTO source (job, id, name) VALUES (1, 0, 'list');"
                         "INSERT INTO url (job, seq, partition, host, url, source, line)"
                         " VALUES (1, 1, 0, 'a.example', 'http://a.example/', 0, 1);"
                         "INSERT INTO queue (job, host, batch, partition, n, seqs)"
                         " VALUES (1, 'a.example', 1, 0, 1, x'01')"),
        0);
    sql_free(sql);
    harness_reopen(harness);

    assert_int_equal(waiting(harness, 1, "a.example", NULL), 1);
    assert_int_equal(give_up(harness, 1, "a.example"), 1);
    assert_int_equal(urls_of(harness, 1, OUTCOME_HOST_FAILED, NULL, 0), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(host_that_is_given_up_ends_what_waits_there_and_nothing_else),
        TEST(example_of_a_host_that_failed_is_the_first_url),
        TEST(other_scheme_of_the_host_goes_on),
        TEST(what_comes_under_the_host_later_waits_and_is_not_given_up_twice),
        TEST(retry_takes_a_host_back_that_was_given_up),
        TEST(seal_without_number_is_broken_at_the_next_start),
        TEST(cancel_and_removal_go_over_a_host_that_is_being_given_up),
        TEST(deadline_ends_what_has_no_outcome),
        TEST(retry_after_the_deadline_takes_what_is_named),
        TEST(what_a_deadline_ended_is_still_in_the_queue_when_the_job_has_ended_again),
        TEST(retry_of_what_a_cancel_left_leaves_what_a_deadline_ended),
        TEST(job_that_is_paused_stays_so_when_it_is_retried),
        TEST(retry_of_what_a_deadline_ended_is_a_new_attempt),
        TEST(file_of_version_2_gains_what_ends_many_at_once),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
