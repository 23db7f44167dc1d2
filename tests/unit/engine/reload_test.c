#include "fixture.h"

#include "base/clock.h"
#include "engine/host.h"
#include "engine/state.h"
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

#define HOUR_USEC (3600 * USEC_PER_SEC)

static void note_done(void *userdata)
{
    *(bool *)userdata = true;
}

static bool is_true(void *userdata)
{
    return *(bool *)userdata;
}

/* Takes the settings. */
static void reload(struct fixture *fixture, struct engine_settings *settings)
{
    bool done = false;

    assert_int_equal(engine_reload(fixture->world.engine, settings, note_done, &done), 0);
    world_wait(&fixture->world, is_true, &done);
}

static bool has_active(void *userdata)
{
    struct engine_status status;

    engine_get_status(((struct fixture *)userdata)->world.engine, &status);
    return status.active > 0;
}

static bool one_has_ended(void *userdata)
{
    struct engine_status status;

    engine_get_status(((struct fixture *)userdata)->world.engine, &status);
    return status.ended == 1 && engine_is_idle(((struct fixture *)userdata)->world.engine);
}

static uint64_t submit_two(struct fixture *fixture)
{
    /* No daemon before this one has started anything. */
    fixture->world.engine->quiet_since_usec = 0;
    return world_submit(&fixture->world,
        (const char *[]){fixture_url(fixture, 1, "/ok?a"), fixture_url(fixture, 1, "/ok?b"), NULL});
}

static void delay_that_a_host_waits_for_becomes_the_new_one(void **state)
{
    struct fixture *fixture = *state;
    uint64_t job;

    fixture->world.policy.delay_usec = fixture->world.policy.delay_max_usec = HOUR_USEC;
    fixture->world.policy.connections = 1;
    world_open(&fixture->world);
    job = submit_two(fixture);
    world_wait(&fixture->world, one_has_ended, fixture);

    fixture->world.policy.delay_usec = fixture->world.policy.delay_max_usec = 0;
    reload(fixture, world_settings(&fixture->world));

    world_wait_done(&fixture->world, job);
}

static void delay_that_grows_is_counted_from_the_last_start(void **state)
{
    struct fixture *fixture = *state;
    uint64_t before;

    fixture->world.policy.delay_usec = fixture->world.policy.delay_max_usec = HOUR_USEC;
    world_open(&fixture->world);
    (void)submit_two(fixture);
    world_wait(&fixture->world, one_has_ended, fixture);
    before = fixture->world.engine->hosts->next_start_usec;

    fixture->world.policy.delay_usec = fixture->world.policy.delay_max_usec = 2 * HOUR_USEC;
    reload(fixture, world_settings(&fixture->world));

    assert_true(fixture->world.engine->hosts->next_start_usec == before + HOUR_USEC);
}

static void transfer_in_flight_keeps_its_settings_to_its_end(void **state)
{
    struct fixture *fixture = *state;
    uint64_t job;

    world_open(&fixture->world);
    job = world_submit(&fixture->world, (const char *[]){fixture_url(fixture, 1, "/gated"), NULL});
    world_wait(&fixture->world, has_active, fixture);

    /* Were the ones of before freed too early, the address sanitizer would say so. */
    for (int i = 0; i < 3; i++)
        reload(fixture, world_settings(&fixture->world));
    site_open_gate(fixture->site);

    world_wait_done(&fixture->world, job);
    assert_int_equal(fixture->world.engine->settings->n_users, 0);
}

static void worker_that_has_to_go_ends_what_it_has_first(void **state)
{
    struct fixture *fixture = *state;
    struct engine_settings *settings;
    const char *urls[] = {fixture_url(fixture, 1, "/gated?1"), fixture_url(fixture, 1, "/gated?2"), NULL};
    uint64_t job;

    fixture->world.policy.connections = 2;
    world_open(&fixture->world);
    job = world_submit(&fixture->world, urls);
    world_wait(&fixture->world, has_active, fixture);

    settings = world_settings(&fixture->world);
    settings->n_workers = 1;
    reload(fixture, settings);
    site_open_gate(fixture->site);
    site_open_gate(fixture->site);
    world_wait_done(&fixture->world, job);
    assert_int_equal(engine_n_workers(fixture->world.engine), 1);

    settings = world_settings(&fixture->world);
    settings->n_workers = 5;
    reload(fixture, settings);
    assert_int_equal(engine_n_workers(fixture->world.engine), 5);
    world_wait_done(&fixture->world, submit_two(fixture));
}

static void denied_hosts_urls_end_that_wait(void **state)
{
    struct fixture *fixture = *state;
    struct store_url_row *rows;
    uint64_t job;
    size_t n;

    fixture->world.policy.delay_usec = fixture->world.policy.delay_max_usec = HOUR_USEC;
    fixture->world.policy.connections = 1;
    world_open(&fixture->world);
    job = submit_two(fixture);
    world_wait(&fixture->world, one_has_ended, fixture);

    fixture->world.policy = (struct host_policy){.connections = 1, .deny = true};
    reload(fixture, world_settings(&fixture->world));

    world_wait_done(&fixture->world, job);
    rows = world_urls(&fixture->world, job, &n);
    assert_int_equal(n, 2);
    assert_int_equal(rows[0].outcome, OUTCOME_COUNTED);
    assert_int_equal(rows[1].outcome, OUTCOME_DENIED_HOST);
    store_rows_free(rows);
}

static void reload_after_the_end_is_refused(void **state)
{
    struct fixture *fixture = *state;
    bool done = false;

    world_open(&fixture->world);
    engine_stop(fixture->world.engine);

    assert_int_equal(
        engine_reload(fixture->world.engine, world_settings(&fixture->world), note_done, &done), -ESHUTDOWN);

    assert_false(done);
}

static void caches_are_dropped_and_all_goes_on(void **state)
{
    struct fixture *fixture = *state;

    world_open(&fixture->world);
    world_wait_done(&fixture->world, submit_two(fixture));
    engine_drop_caches(fixture->world.engine);
    store_drop_caches(fixture->world.store);
    store_tune(fixture->world.store, true, 1 << 20);
    world_wait_done(&fixture->world, submit_two(fixture));
}

#define TEST(test) cmocka_unit_test_setup_teardown(test, fixture_set_up, fixture_tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(delay_that_a_host_waits_for_becomes_the_new_one),
        TEST(delay_that_grows_is_counted_from_the_last_start),
        TEST(transfer_in_flight_keeps_its_settings_to_its_end),
        TEST(worker_that_has_to_go_ends_what_it_has_first),
        TEST(denied_hosts_urls_end_that_wait),
        TEST(reload_after_the_end_is_refused),
        TEST(caches_are_dropped_and_all_goes_on),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    if (words_init() < 0 || fetch_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
