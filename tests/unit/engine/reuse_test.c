#include "fixture.h"

#include "base/clock.h"
#include "engine/job.h"
#include "engine/lane.h"
#include "fetch/url.h"
#include "store/store_read.h"
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define HOUR ((int64_t)3600 * (int64_t)USEC_PER_SEC)

static int set_up(void **state)
{
    int r = fixture_set_up(state);
    struct fixture *fixture = *state;

    fixture->world.max_age_usec = STORE_NO_MAX_AGE;
    return r;
}

static uint64_t submit(struct fixture *fixture, const char *path)
{
    const char *urls[] = {fixture_url(fixture, 1, path), NULL};

    return world_submit(&fixture->world, urls);
}

/* Fetches one URL as a job of its own. */
static uint64_t fetch(struct fixture *fixture, const char *path)
{
    uint64_t job = submit(fixture, path);

    world_wait_done(&fixture->world, job);
    return job;
}

static void assert_page(struct fixture *fixture, uint64_t job, enum outcome outcome, const char *title)
{
    size_t n;
    struct store_url_row *rows = world_urls(&fixture->world, job, &n);

    assert_int_equal(n, 1);
    assert_string_equal(outcome_to_string(rows[0].outcome), outcome_to_string(outcome));
    assert_string_equal(rows[0].title ? rows[0].title : "", title);
    store_rows_free(rows);
}

static void page_that_has_not_changed_keeps_its_counts(void **state)
{
    struct fixture *fixture = *state;
    struct store_job_row *first;
    struct store_job_row *second;
    uint64_t jobs[2];

    world_open(&fixture->world);
    jobs[0] = fetch(fixture, "/tagged");
    jobs[1] = fetch(fixture, "/tagged");
    first = world_job(&fixture->world, jobs[0]);
    second = world_job(&fixture->world, jobs[1]);

    assert_page(fixture, jobs[0], OUTCOME_COUNTED, "version 1");
    assert_page(fixture, jobs[1], OUTCOME_NOT_MODIFIED, "version 1");
    assert_int_equal(first->tokens, second->tokens);
    assert_int_equal(first->body_bytes, second->body_bytes);
    assert_true(second->tokens > 0);
    assert_int_equal(site_conditions(fixture->site, "/tagged"), 1);
    store_rows_free(first);
    store_rows_free(second);
}

static void date_is_a_validator_as_well(void **state)
{
    struct fixture *fixture = *state;

    world_open(&fixture->world);
    (void)fetch(fixture, "/dated");

    assert_page(fixture, fetch(fixture, "/dated"), OUTCOME_NOT_MODIFIED, "version 1");
}

static void changed_page_is_counted_anew_and_earlier_jobs_keep_theirs(void **state)
{
    struct fixture *fixture = *state;
    uint64_t first;

    world_open(&fixture->world);
    first = fetch(fixture, "/tagged");
    site_set_version(fixture->site, 2);

    assert_page(fixture, fetch(fixture, "/tagged"), OUTCOME_COUNTED, "version 2");
    assert_page(fixture, first, OUTCOME_COUNTED, "version 1");
    assert_page(fixture, fetch(fixture, "/tagged"), OUTCOME_NOT_MODIFIED, "version 2");
}

static void recent_page_is_not_fetched(void **state)
{
    struct fixture *fixture = *state;

    world_open(&fixture->world);
    (void)fetch(fixture, "/tagged");
    fixture->world.max_age_usec = HOUR;

    assert_page(fixture, fetch(fixture, "/tagged"), OUTCOME_FRESH, "version 1");
    assert_int_equal(site_requests(fixture->site, "/tagged"), 1);
}

static void older_page_is_asked_for(void **state)
{
    struct fixture *fixture = *state;

    world_open(&fixture->world);
    (void)fetch(fixture, "/tagged");
    fixture->world.max_age_usec = 1;

    assert_page(fixture, fetch(fixture, "/tagged"), OUTCOME_NOT_MODIFIED, "version 1");
}

static void max_age_of_zero_fetches_whatever_is_known(void **state)
{
    struct fixture *fixture = *state;

    world_open(&fixture->world);
    (void)fetch(fixture, "/tagged");
    fixture->world.max_age_usec = 0;

    assert_page(fixture, fetch(fixture, "/tagged"), OUTCOME_COUNTED, "version 1");
    assert_int_equal(site_requests(fixture->site, "/tagged"), 2);
    assert_int_equal(site_conditions(fixture->site, "/tagged"), 0);
}

static void what_others_fetched_is_not_known_unless_everybody_reads(void **state)
{
    struct fixture *fixture = *state;

    world_open(&fixture->world);
    (void)fetch(fixture, "/tagged");
    fixture->world.max_age_usec = HOUR;
    fixture->world.uid = 1001;
    assert_page(fixture, fetch(fixture, "/tagged"), OUTCOME_COUNTED, "version 1");
    fixture->world.uid = 0;
    assert_page(fixture, fetch(fixture, "/tagged"), OUTCOME_FRESH, "version 1");
    world_close(&fixture->world);
    fixture->world.group_reads = true;
    fixture->world.uid = 1002;
    world_open(&fixture->world);

    assert_page(fixture, fetch(fixture, "/tagged"), OUTCOME_FRESH, "version 1");
    assert_int_equal(site_requests(fixture->site, "/tagged"), 2);
}

static void validators_do_not_go_along_with_a_redirect(void **state)
{
    struct fixture *fixture = *state;

    world_open(&fixture->world);
    (void)fetch(fixture, "/redirect?/tagged");

    assert_page(fixture, fetch(fixture, "/redirect?/tagged"), OUTCOME_NOT_MODIFIED, "version 1");
    assert_int_equal(site_conditions(fixture->site, "/redirect"), 0);
    assert_int_equal(site_conditions(fixture->site, "/tagged"), 1);
    (void)fetch(fixture, "/redirect?/tagged-other");
    assert_int_equal(site_conditions(fixture->site, "/tagged-other"), 0);
}

static void url_that_redirected_is_fresh_without_a_request(void **state)
{
    struct fixture *fixture = *state;
    size_t n;
    struct store_url_row *rows;
    uint64_t job;

    world_open(&fixture->world);
    (void)fetch(fixture, "/redirect?/tagged");
    fixture->world.max_age_usec = HOUR;
    job = fetch(fixture, "/redirect?/tagged");

    assert_page(fixture, job, OUTCOME_FRESH, "version 1");
    assert_int_equal(site_requests(fixture->site, "/"), 2);
    rows = world_urls(&fixture->world, job, &n);
    assert_string_equal(rows[0].final_url, fixture_url(fixture, 1, "/tagged"));
    store_rows_free(rows);
}

static void not_modified_of_another_version_is_not_believed(void **state)
{
    struct fixture *fixture = *state;

    world_open(&fixture->world);
    (void)fetch(fixture, "/wrong");
    site_set_version(fixture->site, 2);

    assert_page(fixture, fetch(fixture, "/wrong"), OUTCOME_COUNTED, "version 2");
    assert_int_equal(site_requests(fixture->site, "/wrong"), 3);
}

static void not_modified_that_was_not_asked_for_is_a_bad_response(void **state)
{
    struct fixture *fixture = *state;

    world_open(&fixture->world);

    assert_page(fixture, fetch(fixture, "/deaf"), OUTCOME_BAD_RESPONSE, "");
    assert_page(fixture, fetch(fixture, "/bare"), OUTCOME_COUNTED, "one");
    assert_page(fixture, fetch(fixture, "/bare"), OUTCOME_BAD_RESPONSE, "");
}

static bool is_gated(void *userdata)
{
    struct fixture *fixture = userdata;

    return site_requests(fixture->site, "/gated") > 0;
}

/* A job whose only URL waits for another job's fetch. */
struct waiter {
    struct engine *engine;
    uint64_t job;
};

static bool has_waited(void *userdata)
{
    const struct waiter *waiter = userdata;
    const struct job *job = job_find(waiter->engine, waiter->job);

    LIST_FOR_EACH (lane_link, &job->lanes)
        LIST_FOR_EACH (link, &CONTAINER_OF(lane_link, struct lane, in_job)->again)
            if (CONTAINER_OF(link, struct waiting, link)->has_waited)
                return true;
    return false;
}

static uint64_t submit_waiter(struct fixture *fixture, const char *path)
{
    struct waiter waiter = {fixture->world.engine, submit(fixture, path)};

    world_wait(&fixture->world, has_waited, &waiter);
    return waiter.job;
}

static void url_that_another_job_is_fetching_is_waited_for(void **state)
{
    struct fixture *fixture = *state;
    uint64_t jobs[3];

    world_open(&fixture->world);
    fixture->world.max_age_usec = HOUR;
    jobs[0] = submit(fixture, "/gated");
    world_wait(&fixture->world, is_gated, fixture);
    jobs[1] = submit_waiter(fixture, "/gated");
    jobs[2] = submit_waiter(fixture, "/gated");
    site_open_gate(fixture->site);
    for (size_t i = 0; i < 3; i++)
        world_wait_done(&fixture->world, jobs[i]);

    assert_page(fixture, jobs[0], OUTCOME_COUNTED, "one");
    assert_page(fixture, jobs[1], OUTCOME_FRESH, "one");
    assert_page(fixture, jobs[2], OUTCOME_FRESH, "one");
    assert_int_equal(site_requests(fixture->site, "/gated"), 1);
}

static void note(void *userdata, int r, uint64_t n)
{
    *(bool *)userdata = r == 0;
}

static bool is_set(void *userdata)
{
    return *(bool *)userdata;
}

static void url_is_fetched_when_the_fetch_that_it_waited_for_comes_to_nothing(void **state)
{
    struct fixture *fixture = *state;
    bool cancelled = false;
    uint64_t jobs[2];

    world_open(&fixture->world);
    fixture->world.max_age_usec = HOUR;
    jobs[0] = submit(fixture, "/gated");
    world_wait(&fixture->world, is_gated, fixture);
    jobs[1] = submit_waiter(fixture, "/gated");
    assert_int_equal(engine_cancel(fixture->world.engine, jobs[0], note, &cancelled), 0);
    world_wait(&fixture->world, is_set, &cancelled);
    site_open_gate(fixture->site);
    site_open_gate(fixture->site);
    world_wait_done(&fixture->world, jobs[1]);

    assert_page(fixture, jobs[1], OUTCOME_COUNTED, "one");
    assert_int_equal(site_requests(fixture->site, "/gated"), 2);
}

/* More than a window of them, all on one host with a delay that would make them last. */
static void fresh_pages_do_not_wait_for_their_host(void **state)
{
    enum {
        N = 200
    };
    struct fixture *fixture = *state;
    const char *urls[N + 1] = {0};
    struct store_job_row *row;
    uint64_t started_usec;
    uint64_t job;

    for (size_t i = 0; i < N; i++) {
        char path[32];

        snprintf(path, sizeof(path), "/tagged%zu", i);
        urls[i] = strdup(fixture_url(fixture, 1, path));
    }
    world_open(&fixture->world);
    world_wait_done(&fixture->world, world_submit(&fixture->world, urls));
    world_close(&fixture->world);
    fixture->world.policy.delay_usec = 10 * USEC_PER_SEC;
    fixture->world.max_age_usec = HOUR;
    world_open(&fixture->world);
    started_usec = clock_boottime_usec();
    job = world_submit(&fixture->world, urls);
    world_wait_done(&fixture->world, job);
    row = world_job(&fixture->world, job);

    assert_int_equal(row->counted, N);
    assert_true(clock_boottime_usec() - started_usec < N * USEC_PER_SEC);
    assert_int_equal(site_requests(fixture->site, "/tagged"), N);
    store_rows_free(row);
    for (size_t i = 0; i < N; i++)
        free((char *)urls[i]);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(page_that_has_not_changed_keeps_its_counts),
        TEST(date_is_a_validator_as_well),
        TEST(changed_page_is_counted_anew_and_earlier_jobs_keep_theirs),
        TEST(recent_page_is_not_fetched),
        TEST(older_page_is_asked_for),
        TEST(max_age_of_zero_fetches_whatever_is_known),
        TEST(what_others_fetched_is_not_known_unless_everybody_reads),
        TEST(validators_do_not_go_along_with_a_redirect),
        TEST(url_that_redirected_is_fresh_without_a_request),
        TEST(not_modified_of_another_version_is_not_believed),
        TEST(not_modified_that_was_not_asked_for_is_a_bad_response),
        TEST(url_that_another_job_is_fetching_is_waited_for),
        TEST(url_is_fetched_when_the_fetch_that_it_waited_for_comes_to_nothing),
        TEST(fresh_pages_do_not_wait_for_their_host),
    };

    (void)setlocale(LC_CTYPE, "C.UTF-8");
    if (words_init() < 0 || fetch_init() < 0)
        return 1;
    return cmocka_run_group_tests_name("engine reuse", tests, NULL, NULL);
}
