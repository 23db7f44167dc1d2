#include "fixture.h"

#include "base/clock.h"
#include "engine/failure.h"
#include "engine/host.h"
#include "engine/job.h"
#include "engine/lane.h"
#include "engine/state.h"
#include "engine/task.h"
#include "store/store_host.h"
#include "store/store_read.h"
#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static int set_up(void **state)
{
    int r = fixture_set_up(state);
    struct fixture *fixture = *state;

    fixture->world.policy.connections = 1;
    fixture->world.max_attempts = 1;
    return r;
}

static bool is_idle(void *userdata)
{
    return engine_is_idle(((struct fixture *)userdata)->world.engine);
}

static uint64_t usec_to_next(struct fixture *fixture)
{
    uint64_t now = clock_boottime_usec();
    uint64_t next = engine_next_usec(fixture->world.engine);

    return next > now ? next - now : 0;
}

/* Whenever URLs wait and nothing runs, a timer will wake them. */
static void assert_sleeps_for(struct fixture *fixture, uint64_t at_least_usec)
{
    world_wait(&fixture->world, is_idle, fixture);
    assert_in_range(usec_to_next(fixture), at_least_usec, HOLD_MAX_USEC);
}

static bool has_parked(void *userdata)
{
    struct fixture *fixture = userdata;

    return site_requests(fixture->site, "/status") == ORIGIN_MAX_FAILURES && is_idle(fixture);
}

static void origin_that_fails_in_a_row_is_parked_and_stays_so_over_a_restart(void **state)
{
    static struct fixture_list list;
    struct fixture *fixture = *state;

    list.n = 0;
    fixture_add_urls(fixture, &list, "http", "status/500", 20);
    world_open(&fixture->world);
    (void)world_submit(&fixture->world, list.urls);
    world_wait(&fixture->world, has_parked, fixture);
    assert_sleeps_for(fixture, 9 * 60 * USEC_PER_SEC);

    world_close(&fixture->world);
    world_open(&fixture->world);

    assert_sleeps_for(fixture, 9 * 60 * USEC_PER_SEC);
    assert_int_equal(site_requests(fixture->site, "/"), ORIGIN_MAX_FAILURES);
}

static void broken_pages_at_the_head_of_a_list_do_not_park_a_host_that_answers(void **state)
{
    static struct fixture_list list;
    struct fixture *fixture = *state;
    struct store_job_row *row;
    uint64_t job;

    list.n = 0;
    fixture_add_urls(fixture, &list, "http", "status/500", 5);
    fixture_add_urls(fixture, &list, "http", "page", 30);
    fixture->world.max_attempts = 2;
    fixture->world.policy.delay_usec = USEC_PER_SEC / 10;
    world_open(&fixture->world);
    job = world_submit(&fixture->world, list.urls);

    world_wait_done(&fixture->world, job);

    row = world_job(&fixture->world, job);
    assert_int_equal(row->counted, 30);
    assert_int_equal(row->failed, 5);
    store_rows_free(row);
}

static bool has_asked_for_page(void *userdata)
{
    return site_requests(((struct fixture *)userdata)->site, "/page") == 1;
}

static void window_full_of_a_held_origins_urls_does_not_hide_those_of_the_other(void **state)
{
    static struct fixture_list list;
    struct fixture *fixture = *state;

    list.n = 0;
    /* The site speaks no TLS: these fail and park their origin. */
    fixture_add_urls(fixture, &list, "https", "secure", 250);
    fixture_add_urls(fixture, &list, "http", "page", 1);
    world_open(&fixture->world);
    (void)world_submit(&fixture->world, list.urls);

    world_wait(&fixture->world, has_asked_for_page, fixture);

    assert_sleeps_for(fixture, 9 * 60 * USEC_PER_SEC);
}

static struct lane *only_lane(const struct fixture *fixture)
{
    return CONTAINER_OF(fixture->world.engine->jobs->lanes.next, struct lane, in_job);
}

static bool has_failed_once(void *userdata)
{
    struct fixture *fixture = userdata;
    const struct job *job = fixture->world.engine->jobs;

    return job && !list_is_empty(&job->lanes) && !list_is_empty(&only_lane(fixture)->again) &&
        only_lane(fixture)->windows[0].n > 0 && is_idle(fixture);
}

/* Whether the URL that failed would be the next, so long after it was due again. */
static bool has_its_turn_after(struct fixture *fixture, uint64_t span_usec)
{
    struct lane *lane = only_lane(fixture);
    const struct waiting *failed = CONTAINER_OF(lane->again.next, struct waiting, link);
    const uint64_t due = failed->due_usec;
    struct waiting *next;
    bool is_failed;

    next = lane_take(lane, due + span_usec);
    assert_non_null(next);
    is_failed = next == failed;
    if (is_failed)
        lane_again(lane, next, due);
    else
        waiting_free(next);
    return is_failed;
}

/* The others are of the host's other scheme: no answer of theirs says that the origin is alive. */
static void assert_put_off_for(struct fixture *fixture, uint64_t span_usec)
{
    static struct fixture_list list;

    list.n = 0;
    fixture_add_urls(fixture, &list, "http", "status/500", 1);
    fixture_add_urls(fixture, &list, "https", "secure", 20);
    fixture->world.max_attempts = 3;
    world_open(&fixture->world);
    (void)world_submit(&fixture->world, list.urls);
    world_wait(&fixture->world, has_failed_once, fixture);

    assert_true(has_its_turn_after(fixture, span_usec));
    assert_false(has_its_turn_after(fixture, span_usec - 1));
}

static void failed_url_is_put_off_for_a_minute_at_most(void **state)
{
    struct fixture *fixture = *state;

    fixture->world.policy.delay_usec = 7 * USEC_PER_SEC;
    assert_put_off_for(fixture, 60 * USEC_PER_SEC);
}

static void failed_url_is_put_off_for_eight_starts_at_most_where_these_take_longer(void **state)
{
    struct fixture *fixture = *state;

    fixture->world.policy.delay_usec = 30 * USEC_PER_SEC;
    assert_put_off_for(fixture, 8 * 30 * USEC_PER_SEC);
}

static void note(void *userdata, int r, uint64_t n)
{
    *(int *)userdata = r;
}

static bool is_noted(void *userdata)
{
    return *(int *)userdata <= 0;
}

static void set_paused(struct fixture *fixture, const char *pattern, bool paused)
{
    int r = 1;

    assert_int_equal(engine_pause_host(fixture->world.engine, pattern, paused, note, &r), 0);
    world_wait(&fixture->world, is_noted, &r);
    assert_int_equal(r, 0);
}

static void paused_host_starts_nothing_over_a_restart_until_it_is_resumed(void **state)
{
    static struct fixture_list list;
    struct fixture *fixture = *state;
    uint64_t job;

    list.n = 0;
    fixture_add_urls(fixture, &list, "http", "page", 3);
    world_open(&fixture->world);
    set_paused(fixture, "127.0.0.1", true);
    assert_int_equal(engine_pause_host(fixture->world.engine, "127.0.0.1", true, note, NULL), -EALREADY);
    job = world_submit(&fixture->world, list.urls);
    world_wait(&fixture->world, is_idle, fixture);
    world_close(&fixture->world);
    world_open(&fixture->world);
    world_wait(&fixture->world, is_idle, fixture);
    assert_int_equal(site_requests(fixture->site, "/"), 0);

    set_paused(fixture, "127.0.0.1", false);

    world_wait_done(&fixture->world, job);
    assert_int_equal(site_requests(fixture->site, "/page"), 3);
}

static void what_waits_at_the_deadline_ends_as_expired_also_after_a_restart(void **state)
{
    static struct fixture_list list;
    struct fixture *fixture = *state;
    struct store_url_row *rows;
    uint64_t job;
    size_t n;

    list.n = 0;
    fixture_add_urls(fixture, &list, "http", "page", 200);
    fixture->world.deadline_usec = USEC_PER_SEC / 2;
    world_open(&fixture->world);
    set_paused(fixture, "127.0.0.1", true);
    job = world_submit(&fixture->world, list.urls);
    world_close(&fixture->world);
    world_open(&fixture->world);

    world_wait_done(&fixture->world, job);

    rows = world_urls(&fixture->world, job, &n);
    assert_int_equal(n, 200);
    for (size_t i = 0; i < n; i++)
        assert_int_equal(rows[i].outcome, OUTCOME_EXPIRED);
    store_rows_free(rows);
    assert_int_equal(site_requests(fixture->site, "/"), 0);
}

/* What a host's delay is once answers of these kinds came. */
struct delay_case {
    int status;
    uint64_t first_byte_usec;
    uint64_t expected_usec;
};

static void delay_follows_latency_and_errors_never_shorten_it(void **state)
{
    static const struct delay_case cases[] = {
        {404, USEC_PER_SEC / 100, USEC_PER_SEC}, /* the least is what is configured */
        {200, 9 * USEC_PER_SEC, 0},              /* 0: longer than before */
        {404, USEC_PER_SEC / 100, 1},            /* 1: as before */
        {500, USEC_PER_SEC / 100, 1}, {503, USEC_PER_SEC / 100, 1}, {500, 100 * USEC_PER_SEC, 0},
        {200, USEC_PER_SEC / 100, 2}, /* 2: shorter */
    };
    struct fixture *fixture = *state;
    struct host *host;
    uint64_t before;

    fixture->world.policy.delay_usec = USEC_PER_SEC;
    world_open(&fixture->world);
    host = host_get(fixture->world.engine, "example.org");
    before = host_delay_usec(host);
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct delay_case *one = &cases[i];
        struct task task = {
            .result = {.http_status = one->status, .first_byte_usec = one->first_byte_usec},
        };
        uint64_t delay;

        failure_note(host, &host->origins[0], &task);
        delay = host_delay_usec(host);
        if (one->expected_usec == 0)
            assert_true(delay > before);
        else if (one->expected_usec == 1)
            assert_int_equal(delay, before);
        else if (one->expected_usec == 2)
            assert_true(delay < before);
        else
            assert_int_equal(delay, one->expected_usec);
        before = delay;
        /* What the store knows is never less. */
        assert_true(delay == USEC_PER_SEC || host->kept_delay_usec >= delay);
    }
    world_wait(&fixture->world, is_idle, fixture);
}

static void long_delay_is_waited_in_full_after_an_unclean_stop(void **state)
{
    struct fixture *fixture = *state;
    const struct store_host_state known = {.host = "example.org", .delay_usec = 20 * USEC_PER_SEC};
    struct host *host;

    fixture->world.policy.delay_usec = USEC_PER_SEC;
    world_open(&fixture->world);
    fixture->world.engine->quiet_since_usec = clock_boottime_usec();

    assert_int_equal(host_take_state(fixture->world.engine, &known), 0);

    host = host_get(fixture->world.engine, "example.org");
    assert_int_equal(host->next_start_usec, fixture->world.engine->quiet_since_usec + 20 * USEC_PER_SEC);
}

static void wait_that_is_loaded_is_no_longer_than_the_longest_there_is(void **state)
{
    struct fixture *fixture = *state;
    const struct store_host_state known = {
        .host = "example.org",
        .hold_until_usec = clock_realtime_usec() + 1000 * HOLD_MAX_USEC,
        .origins = {{.until_usec = 1}},
    };
    struct host *host;

    world_open(&fixture->world);
    assert_int_equal(host_take_state(fixture->world.engine, &known), 0);

    host = host_get(fixture->world.engine, "example.org");
    assert_true(host->hold_until_usec <= clock_boottime_usec() + HOLD_MAX_USEC);
    assert_int_equal(host->origins[0].hold_until_usec, 0);
}

static struct host *host_of(struct fixture *fixture, const struct site *site)
{
    char key[64];
    struct host *host;

    (void)snprintf(key, sizeof(key), "127.0.0.1:%u", site_port(site));
    host = host_get(fixture->world.engine, key);
    assert_non_null(host);
    return host;
}

/* Fetches from the site until it has answered in time. */
static void make_quick(struct fixture *fixture, struct site *site)
{
    char url[64];
    const char *const urls[] = {url, NULL};

    (void)snprintf(url, sizeof(url), "http://127.0.0.1:%u/page", site_port(site));
    do
        world_wait_done(&fixture->world, world_submit(&fixture->world, urls));
    while (!host_of(fixture, site)->is_quick);
}

#define MAX_SLOW 6

/* The fixture's site, which has become silent, never gets more than slow hosts do. */
static bool is_slow(void *userdata)
{
    struct fixture *fixture = userdata;
    const struct host *host = host_of(fixture, fixture->site);

    assert_true(host->n_active <= MAX_SLOW);
    return !host->is_quick;
}

static void quick_host_that_answers_no_more_does_not_take_the_others_places(void **state)
{
    static struct fixture_list list;
    struct fixture *fixture = *state;
    struct site *other = site_start();

    list.n = 0;
    fixture_add_urls(fixture, &list, "http", "gated", 20);
    fixture->world.max_transfers = fixture->world.policy.connections = 8;
    /* So few are in flight when the first of them has waited for too long. */
    fixture->world.policy.delay_usec = 2 * USEC_PER_SEC / (MAX_SLOW - 1);
    world_open(&fixture->world);
    make_quick(fixture, other);
    make_quick(fixture, fixture->site);
    (void)world_submit(&fixture->world, list.urls);

    world_wait(&fixture->world, is_slow, fixture);
    make_quick(fixture, other);

    assert_true(is_slow(fixture));
    site_stop(other);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(origin_that_fails_in_a_row_is_parked_and_stays_so_over_a_restart),
        TEST(broken_pages_at_the_head_of_a_list_do_not_park_a_host_that_answers),
        TEST(failed_url_is_put_off_for_a_minute_at_most),
        TEST(failed_url_is_put_off_for_eight_starts_at_most_where_these_take_longer),
        TEST(window_full_of_a_held_origins_urls_does_not_hide_those_of_the_other),
        TEST(paused_host_starts_nothing_over_a_restart_until_it_is_resumed),
        TEST(what_waits_at_the_deadline_ends_as_expired_also_after_a_restart),
        TEST(quick_host_that_answers_no_more_does_not_take_the_others_places),
        TEST(delay_follows_latency_and_errors_never_shorten_it),
        TEST(long_delay_is_waited_in_full_after_an_unclean_stop),
        TEST(wait_that_is_loaded_is_no_longer_than_the_longest_there_is),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    if (words_init() < 0 || fetch_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
