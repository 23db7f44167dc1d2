#include "fixture.h"

#include "base/clock.h"
#include "engine/failure.h"
#include "engine/host.h"
#include "engine/job.h"
#include "engine/lane.h"
#include "engine/state.h"
#include "store/store.h"
#include "store/store_read.h"
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct origin *origin_of(struct fixture *fixture, size_t scheme)
{
    struct host *host;
    char key[32];

    (void)snprintf(key, sizeof(key), "127.0.0.1:%u", site_port(fixture->site));
    host = host_get(fixture->world.engine, key);
    assert_non_null(host);
    return &host->origins[scheme];
}

/* As after its last parking. */
static void condemn(struct fixture *fixture, size_t scheme)
{
    struct origin *origin = origin_of(fixture, scheme);

    origin->state = ORIGIN_CONDEMNED;
    origin->outcome = OUTCOME_HOST_FAILED;
    origin->until_usec = clock_boottime_usec() + 3600 * USEC_PER_SEC;
    host_schedule(origin->host);
}

static void pardon(struct fixture *fixture, size_t scheme)
{
    origin_of(fixture, scheme)->state = ORIGIN_UNKNOWN;
    origin_of(fixture, scheme)->until_usec = 0;
}

static uint64_t write_requests(struct fixture *fixture)
{
    struct store_stats stats;

    store_get_stats(fixture->world.store, &stats);
    return stats.write_requests;
}

static void assert_ends(struct fixture *fixture, uint64_t job, uint64_t counted, uint64_t failed)
{
    struct store_job_row *row;
    struct store_url_row *urls;
    uint64_t n_failed = 0;
    size_t n;

    world_wait_done(&fixture->world, job);
    row = world_job(&fixture->world, job);
    assert_int_equal(row->state, JOB_DONE);
    assert_int_equal(row->counted, counted);
    assert_int_equal(row->failed, failed);
    store_rows_free(row);
    urls = world_urls(&fixture->world, job, &n);
    for (size_t i = 0; i < n; i++)
        n_failed += outcome_state(urls[i].outcome) == URL_FAILED;
    assert_int_equal(n_failed, failed);
    store_rows_free(urls);
}

static void urls_of_a_dead_host_end_together(void **state)
{
    static struct fixture_list list;
    struct fixture *fixture = *state;
    uint64_t before;
    uint64_t job;

    list.n = 0;
    fixture_add_urls(fixture, &list, "http", "page", FIXTURE_MAX_URLS);
    world_open(&fixture->world);
    condemn(fixture, 0);
    before = write_requests(fixture);
    job = world_submit(&fixture->world, list.urls);

    assert_ends(fixture, job, 0, FIXTURE_MAX_URLS);
    assert_int_equal(site_requests(fixture->site, "/"), 0);
    assert_true(write_requests(fixture) - before < 50);
}

static void other_scheme_of_a_dead_origin_is_fetched(void **state)
{
    static struct fixture_list list;
    struct fixture *fixture = *state;

    list.n = 0;
    fixture_add_urls(fixture, &list, "http", "page", 3);
    fixture_add_urls(fixture, &list, "https", "secure", 250);
    fixture_add_urls(fixture, &list, "http", "late", 3);
    world_open(&fixture->world);
    condemn(fixture, 1);

    assert_ends(fixture, world_submit(&fixture->world, list.urls), 6, 250);
}

static void redirect_to_the_dead_scheme_of_its_host_ends_by_itself(void **state)
{
    static struct fixture_list list;
    struct fixture *fixture = *state;
    char path[64];

    list.n = 0;
    (void)snprintf(path, sizeof(path), "redirect?https://127.0.0.1:%u", site_port(fixture->site));
    fixture_add_urls(fixture, &list, "http", path, 5);
    fixture_add_urls(fixture, &list, "https", "secure", 5);
    fixture_add_urls(fixture, &list, "http", "page", 5);
    world_open(&fixture->world);
    condemn(fixture, 1);

    assert_ends(fixture, world_submit(&fixture->world, list.urls), 5, 10);
    assert_int_equal(site_requests(fixture->site, "/redirect"), 5);
}

static bool is_at_the_gate(void *userdata)
{
    return site_requests(((struct fixture *)userdata)->site, "/gated") == 1;
}

static bool is_giving_up(void *userdata)
{
    struct host *host = origin_of(userdata, 0)->host;

    return host->n_lanes == 1 &&
        CONTAINER_OF(host->lanes.next, struct lane, in_host)->giving_up[0] == GIVING_UP_SOON;
}

static void transfer_in_flight_still_counts(void **state)
{
    static struct fixture_list list;
    struct fixture *fixture = *state;
    uint64_t job;

    list.n = 0;
    fixture_add_urls(fixture, &list, "http", "gated", 1);
    fixture_add_urls(fixture, &list, "http", "page", 100);
    fixture->world.policy.connections = 1;
    fixture->world.policy.delay_usec = USEC_PER_SEC / 4;
    world_open(&fixture->world);
    job = world_submit(&fixture->world, list.urls);
    world_wait(&fixture->world, is_at_the_gate, fixture);
    ((struct host_policy *)origin_of(fixture, 0)->host->policy)->connections = 2;
    condemn(fixture, 0);
    world_wait(&fixture->world, is_giving_up, fixture);
    site_open_gate(fixture->site);

    assert_ends(fixture, job, 1, 100);
}

static void note(void *userdata, int r, uint64_t n)
{
    *(int64_t *)userdata = r < 0 ? r : (int64_t)n;
}

static bool is_noted(void *userdata)
{
    return *(int64_t *)userdata != -1;
}

static int64_t retry(struct fixture *fixture, uint64_t job)
{
    int64_t n = -1;

    assert_int_equal(engine_retry(fixture->world.engine, job, NULL, 0, note, &n), 0);
    world_wait(&fixture->world, is_noted, &n);
    return n;
}

static void retry_fetches_what_was_given_up(void **state)
{
    static struct fixture_list list;
    struct fixture *fixture = *state;
    uint64_t job;

    list.n = 0;
    fixture_add_urls(fixture, &list, "http", "page", FIXTURE_MAX_URLS);
    world_open(&fixture->world);
    condemn(fixture, 0);
    job = world_submit(&fixture->world, list.urls);
    assert_ends(fixture, job, 0, FIXTURE_MAX_URLS);

    /* Still dead: the same once more. */
    assert_int_equal(retry(fixture, job), FIXTURE_MAX_URLS);
    assert_ends(fixture, job, 0, FIXTURE_MAX_URLS);
    pardon(fixture, 0);
    assert_int_equal(retry(fixture, job), FIXTURE_MAX_URLS);
    assert_ends(fixture, job, FIXTURE_MAX_URLS, 0);
}

static void deadline_ends_a_job_with_a_transfer_in_flight(void **state)
{
    static struct fixture_list list;
    struct fixture *fixture = *state;
    uint64_t job;

    list.n = 0;
    fixture_add_urls(fixture, &list, "http", "gated", 1);
    fixture_add_urls(fixture, &list, "http", "page", 100);
    fixture->world.policy.connections = 1;
    fixture->world.deadline_usec = USEC_PER_SEC;
    world_open(&fixture->world);
    job = world_submit(&fixture->world, list.urls);
    assert_ends(fixture, job, 0, 101);

    site_open_gate(fixture->site);
    site_open_gate(fixture->site);
    assert_int_equal(retry(fixture, job), 101);
    assert_ends(fixture, job, 101, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(urls_of_a_dead_host_end_together),
        TEST(other_scheme_of_a_dead_origin_is_fetched),
        TEST(redirect_to_the_dead_scheme_of_its_host_ends_by_itself),
        TEST(transfer_in_flight_still_counts),
        TEST(retry_fetches_what_was_given_up),
        TEST(deadline_ends_a_job_with_a_transfer_in_flight),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    if (words_init() < 0 || fetch_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
