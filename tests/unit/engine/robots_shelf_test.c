#include "fixture.h"

#include "engine/host.h"
#include "engine/robots_shelf.h"
#include "engine/state.h"
#include "fetch/robots.h"
#include "store/store_read.h"
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define N_ORIGINS 100
static const char BEGIN[] = "User-agent: *\nDisallow: /";

/* Rules of about so many bytes. */
static struct robots *rules_of(size_t size)
{
    char *text = malloc(size);
    struct robots *robots;

    assert_non_null(text);
    memset(text, 'a', size);
    memcpy(text, BEGIN, sizeof(BEGIN) - 1);
    text[size - 1] = '\n';
    assert_int_equal(robots_parse(text, size, ROBOTS_PRODUCT, &robots), 0);
    free(text);
    return robots;
}

struct shelves {
    struct robots_shelves shelves;
    struct host host;
    struct origin origins[N_ORIGINS];
};

static int set_up_shelves(void **state)
{
    struct shelves *shelves = calloc(1, sizeof(*shelves));

    if (!shelves)
        return -1;
    robots_shelves_init(&shelves->shelves);
    list_init(&shelves->host.lanes);
    for (size_t i = 0; i < N_ORIGINS; i++) {
        list_init(&shelves->origins[i].on_shelf);
        shelves->origins[i].host = &shelves->host;
        shelves->origins[i].state = ORIGIN_KNOWN;
        shelves->origins[i].crawl_delay_usec = 1;
    }
    *state = shelves;
    return 0;
}

static int tear_down_shelves(void **state)
{
    struct shelves *shelves = *state;

    for (size_t i = 0; i < N_ORIGINS; i++)
        robots_shelf_forget(&shelves->shelves, &shelves->origins[i]);
    free(shelves);
    return 0;
}

static size_t bytes_kept(const struct shelves *shelves)
{
    size_t bytes = 0;

    for (size_t i = 0; i < N_ORIGINS; i++)
        if (shelves->origins[i].robots)
            bytes += robots_memory(shelves->origins[i].robots);
    return bytes;
}

static void large_ones_fit_their_half_and_the_oldest_go_first(void **state)
{
    struct shelves *shelves = *state;
    struct origin *origins = shelves->origins;

    robots_shelf_put(&shelves->shelves, &origins[0], rules_of(1000));
    for (size_t i = 1; i < N_ORIGINS; i++) {
        robots_shelf_put(&shelves->shelves, &origins[i], rules_of(500 * 1024));
        robots_shelf_touch(&shelves->shelves, &origins[1]);
        assert_non_null(origins[i].robots);
    }

    assert_true(bytes_kept(shelves) <= ENGINE_ROBOTS_BYTES);
    assert_true(bytes_kept(shelves) > ENGINE_ROBOTS_BYTES / 4);
    /* The small one, and the one that was used all the time. */
    assert_non_null(origins[0].robots);
    assert_non_null(origins[1].robots);
    assert_null(origins[2].robots);
    assert_int_equal(origins[2].state, ORIGIN_UNKNOWN);
    assert_int_equal(origins[2].crawl_delay_usec, 1);
}

static void forgetting_gives_the_room_back(void **state)
{
    struct shelves *shelves = *state;

    robots_shelf_put(&shelves->shelves, &shelves->origins[0], rules_of(1000));
    robots_shelf_put(&shelves->shelves, &shelves->origins[0], rules_of(500 * 1024));
    assert_int_equal(shelves->shelves.sizes[0].bytes, 0);
    robots_shelf_forget(&shelves->shelves, &shelves->origins[0]);

    assert_int_equal(shelves->shelves.sizes[1].bytes, 0);
    assert_null(shelves->origins[0].robots);
    robots_shelf_forget(&shelves->shelves, &shelves->origins[0]);
}

static void rules_without_room_still_decide_about_the_urls_that_wait(void **state)
{
    struct fixture *fixture = *state;
    const char *urls[] = {fixture_url(fixture, 1, "/a"), fixture_url(fixture, 1, "/private/b"),
        fixture_url(fixture, 1, "/c"), fixture_url(fixture, 1, "/private/d"), NULL};
    struct store_job_row *row;
    uint64_t job;

    fixture->world.policy.robots = true;
    fixture->world.policy.connections = 1;
    world_open(&fixture->world);
    fixture->world.engine->robots.sizes[0].max_bytes = 1;
    for (unsigned i = 1; i <= 2; i++) {
        job = world_submit(&fixture->world, urls);
        world_wait_done(&fixture->world, job);

        row = world_job(&fixture->world, job);
        assert_int_equal(row->counted, 2);
        assert_int_equal(row->skipped, 2);
        store_rows_free(row);
        assert_true(site_requests(fixture->site, "/robots.txt") >= i);
    }
    assert_int_equal(site_requests(fixture->site, "/private"), 0);
}

static void held_host_does_not_keep_others_from_being_forgotten(void **state)
{
    struct fixture *fixture = *state;
    struct engine *engine;
    char key[32];

    world_open(&fixture->world);
    engine = fixture->world.engine;
    for (unsigned i = 0; i < ENGINE_IDLE_HOSTS + 100; i++) {
        struct host *host;

        (void)snprintf(key, sizeof(key), "host-%u.example", i);
        host = host_get(engine, key);
        assert_non_null(host);
        if (i == 0)
            host->hold_until_usec = UINT64_MAX;
        host_lanes_changed(host);
    }

    assert_true(engine->n_idle_hosts <= ENGINE_IDLE_HOSTS + 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
#define SHELF_TEST(name) cmocka_unit_test_setup_teardown(name, set_up_shelves, tear_down_shelves)
    const struct CMUnitTest tests[] = {
        SHELF_TEST(large_ones_fit_their_half_and_the_oldest_go_first),
        SHELF_TEST(forgetting_gives_the_room_back),
        TEST(rules_without_room_still_decide_about_the_urls_that_wait),
        TEST(held_host_does_not_keep_others_from_being_forgotten),
    };

    setlocale(LC_CTYPE, "C.UTF-8");
    if (words_init() < 0 || fetch_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
