#include "fixture.h"

#include "base/clock.h"
#include "engine/explain.h"
#include "engine/hold.h"
#include "engine/host.h"
#include "engine/result.h"
#include "engine/state.h"
#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void assert_holds(
    const struct engine *engine, enum engine_hold reuse, enum engine_hold start, enum engine_hold start_slow)
{
    assert_int_equal(engine_hold(engine, ENGINE_STEP_REUSE), reuse);
    assert_int_equal(engine_hold(engine, ENGINE_STEP_START), start);
    assert_int_equal(engine_hold(engine, ENGINE_STEP_START_SLOW), start_slow);
}

static void what_the_store_cannot_take_holds_every_step_back(void **state)
{
    struct fixture *fixture = *state;
    struct engine *engine;

    world_open(&fixture->world);
    engine = fixture->world.engine;
    assert_holds(engine, ENGINE_HOLD_NONE, ENGINE_HOLD_NONE, ENGINE_HOLD_NONE);

    engine->store_error = -EIO;
    assert_holds(engine, ENGINE_HOLD_STORE, ENGINE_HOLD_STORE, ENGINE_HOLD_STORE);
    engine->store_error = 0;
    engine->unwritten_bytes = ENGINE_MAX_UNWRITTEN_BYTES;
    assert_holds(engine, ENGINE_HOLD_UNWRITTEN, ENGINE_HOLD_UNWRITTEN, ENGINE_HOLD_UNWRITTEN);
    engine->unwritten_bytes = 0;
}

static void full_disk_holds_back_what_brings_words(void **state)
{
    struct fixture *fixture = *state;
    struct engine *engine;

    world_open(&fixture->world);
    engine = fixture->world.engine;
    engine->space_error = -ENOSPC;

    assert_holds(engine, ENGINE_HOLD_SPACE, ENGINE_HOLD_SPACE, ENGINE_HOLD_SPACE);
}

static void limits_of_transfers_hold_back_transfers_alone(void **state)
{
    struct fixture *fixture = *state;
    struct engine *engine;
    uint32_t max;

    world_open(&fixture->world);
    engine = fixture->world.engine;
    max = engine->settings->max_transfers;

    engine->n_slow = max - max / 4;
    assert_holds(engine, ENGINE_HOLD_NONE, ENGINE_HOLD_NONE, ENGINE_HOLD_SLOW);
    engine->n_active = max;
    assert_holds(engine, ENGINE_HOLD_NONE, ENGINE_HOLD_TRANSFERS, ENGINE_HOLD_TRANSFERS);
    engine->n_slow = engine->n_active = 0;
}

static void bytes_that_were_taken_ahead_hold_starts_back_until_they_are_paid_for(void **state)
{
    struct fixture *fixture = *state;
    struct engine *engine;
    uint64_t now = clock_boottime_usec();

    world_open(&fixture->world);
    engine = fixture->world.engine;
    engine->rate.bytes_per_sec = 1;
    engine->settings->fetch.rate = &engine->rate;
    rate_take(&engine->rate, 1000, now);

    assert_holds(engine, ENGINE_HOLD_NONE, ENGINE_HOLD_BYTES, ENGINE_HOLD_BYTES);
    assert_true(engine_hold_until_usec(engine, ENGINE_HOLD_BYTES) >= now + 900 * USEC_PER_SEC);
    assert_true(engine_hold_until_usec(engine, ENGINE_HOLD_STORE) == USEC_NEVER);
}

/* ---- what hosts are told to do ---- */

static bool reads_anna(void *userdata, uid_t owner)
{
    return owner == 1000;
}

static bool reads_nothing(void *userdata, uid_t owner)
{
    return false;
}

static bool is_delayed(void *userdata)
{
    struct fixture *fixture = userdata;
    const struct engine_host_filter filter = {.may_read = reads_anna};
    const struct host *host = fixture->world.engine->hosts;
    struct engine_host_status status;

    return host && engine_get_host(fixture->world.engine, host->key, &filter, &status) &&
        status.state == ENGINE_HOST_DELAYED && status.queued == 1 && status.active == 0;
}

/* One URL was fetched, and the other has its turn in an hour. */
static struct host *open_with_one_delayed(struct fixture *fixture)
{
    const char *const urls[] = {fixture_url(fixture, 1, "/ok?a"), fixture_url(fixture, 1, "/ok?b"), NULL};

    fixture->world.policy.delay_usec = 3600 * USEC_PER_SEC;
    world_open(&fixture->world);
    (void)world_submit(&fixture->world, urls);
    world_wait(&fixture->world, is_delayed, fixture);
    return fixture->world.engine->hosts;
}

static void host_that_is_due_names_what_the_daemon_waits_for(void **state)
{
    struct fixture *fixture = *state;
    const struct engine_host_filter filter = {.may_read = reads_anna};
    struct host *host = open_with_one_delayed(fixture);
    struct engine *engine = fixture->world.engine;
    struct engine_host_status status;

    host->next_start_usec = 0;
    engine->store_error = -EIO;
    assert_true(engine_get_host(engine, host->key, &filter, &status));
    engine->store_error = 0;

    assert_int_equal(status.state, ENGINE_HOST_WAITING);
    assert_int_equal(status.hold, ENGINE_HOLD_STORE);
    assert_true(status.next_usec == USEC_NEVER);
}

static void host_of_others_is_not_familiar(void **state)
{
    struct fixture *fixture = *state;
    const struct engine_host_filter own = {.may_read = reads_anna};
    const struct engine_host_filter others = {.may_read = reads_nothing};
    const struct host *host = open_with_one_delayed(fixture);
    const struct engine *engine = fixture->world.engine;
    struct engine_origin_status status;

    assert_true(engine_host_is_familiar(engine, host->key, &own));
    assert_false(engine_host_is_familiar(engine, host->key, &others));
    assert_int_equal(engine_get_origin(engine, fixture_url(fixture, 1, "/ok?b"), false, &status), 0);
    assert_int_equal(status.due_usec, 0);
    assert_int_equal(engine_get_origin(engine, fixture_url(fixture, 1, "/ok?b"), true, &status), 0);
    assert_true(status.due_usec > clock_boottime_usec());
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(what_the_store_cannot_take_holds_every_step_back),
        TEST(full_disk_holds_back_what_brings_words),
        TEST(limits_of_transfers_hold_back_transfers_alone),
        TEST(bytes_that_were_taken_ahead_hold_starts_back_until_they_are_paid_for),
        TEST(host_that_is_due_names_what_the_daemon_waits_for),
        TEST(host_of_others_is_not_familiar),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    if (words_init() < 0 || fetch_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
