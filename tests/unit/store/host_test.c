#include "fixture.h"

#include "base/clock.h"
#include "store/store_host.h"
#include "store/store_list.h"
#include "store/store_read.h"
#include <stdio.h>
#include <stdlib.h>

static void put(struct harness *harness, struct store_host_state host)
{
    struct store_put_host request = {.state = host};

    assert_int_equal(DO(harness, request, STORE_PUT_HOST), 0);
}

static size_t count_hosts(struct harness *harness)
{
    struct store_read_host_states read = {0};

    assert_int_equal(DO(harness, read, STORE_READ_HOST_STATES), 0);
    store_rows_free(read.rows);
    return read.n_rows;
}

static void state_of_a_host_is_kept_over_a_restart(void **state)
{
    const struct store_host_state held = {
        .host = "a.example",
        .hold_until_usec = 1000,
        .holds = 2,
        .delay_usec = 30,
        .origins = {{.until_usec = 4, .failures = 5, .parkings = 6}, {.until_usec = 7, .failures = 8}},
    };
    struct harness *harness = *state;
    struct store_read_host_states read = {0};
    const struct store_host_state *row;

    put(harness, (struct store_host_state){.host = "b.example:8080", .holds = 1});
    put(harness, (struct store_host_state){.host = "a.example", .holds = 1});
    put(harness, held);
    harness_reopen(harness);
    assert_int_equal(DO(harness, read, STORE_READ_HOST_STATES), 0);

    assert_int_equal(read.n_rows, 2);
    row = &read.rows[0];
    assert_string_equal(row->host, "a.example");
    assert_int_equal(row->hold_until_usec, 1000);
    assert_int_equal(row->holds, 2);
    assert_int_equal(row->delay_usec, 30);
    assert_int_equal(row->origins[0].until_usec, 4);
    assert_int_equal(row->origins[0].failures, 5);
    assert_int_equal(row->origins[0].parkings, 6);
    assert_int_equal(row->origins[1].until_usec, 7);
    assert_int_equal(row->origins[1].failures, 8);
    assert_int_equal(row->origins[1].parkings, 0);
    assert_string_equal(read.rows[1].host, "b.example:8080");
    store_rows_free(read.rows);
}

static void host_of_which_there_is_nothing_to_say_has_no_row(void **state)
{
    struct harness *harness = *state;

    put(harness, (struct store_host_state){.host = "a.example", .holds = 1});
    assert_int_equal(count_hosts(harness), 1);

    put(harness, (struct store_host_state){.host = "a.example"});
    put(harness, (struct store_host_state){.host = "b.example"});

    assert_int_equal(count_hosts(harness), 0);
}

static void pause_host(struct harness *harness, const char *pattern, bool paused)
{
    struct store_pause_host request = {.pattern = pattern, .paused = paused};

    assert_int_equal(DO(harness, request, STORE_PAUSE_HOST), 0);
}

static void paused_patterns_are_kept_over_a_restart(void **state)
{
    struct harness *harness = *state;
    struct store_read_paused read = {0};

    pause_host(harness, "b.example", true);
    pause_host(harness, "*.a.example", true);
    pause_host(harness, "*.a.example", true);
    pause_host(harness, "c.example", true);
    pause_host(harness, "b.example", false);
    pause_host(harness, "d.example", false);
    harness_reopen(harness);
    assert_int_equal(DO(harness, read, STORE_READ_PAUSED), 0);

    assert_int_equal(read.n_rows, 2);
    assert_string_equal(read.patterns[0], "*.a.example");
    assert_string_equal(read.patterns[1], "c.example");
    store_rows_free(read.patterns);
}

static void stop_in_good_order_is_told_from_a_crash(void **state)
{
    struct harness *harness = *state;
    uint64_t before = clock_realtime_usec();
    struct harness crashed = {0};
    char command[256];

    assert_int_equal(store_stopped_usec(harness->store), 1);
    /* What a crash would leave: the files as they are now. */
    harness_make_directory(&crashed);
    (void)snprintf(command, sizeof(command), "cp %s/urlstat.db* %s/", harness->directory, crashed.directory);
    assert_int_equal(system(command), 0);

    harness_reopen(harness);
    assert_in_range(store_stopped_usec(harness->store), before, clock_realtime_usec());
    assert_int_equal(harness_try_open(&crashed, &crashed.store), 0);
    assert_int_equal(store_stopped_usec(crashed.store), 0);
    harness_close(&crashed);
}

static void window_has_urls_of_the_scheme_that_is_asked_for(void **state)
{
    static const char *const texts[] = {"http://a.example/1", "https://a.example/2", "http://a.example/3"};
    struct harness *harness = *state;
    struct store_begin begin = {0};
    struct store_new_url urls[3];
    struct store_append append;
    struct store_commit commit;
    struct store_read_window window;

    assert_int_equal(DO(harness, begin, STORE_BEGIN), 0);
    for (size_t i = 0; i < 3; i++)
        urls[i] = (struct store_new_url){.url = texts[i], .host = "a.example"};
    append = (struct store_append){.job = begin.job, .first_seq = 1, .urls = urls, .n_urls = 3};
    assert_int_equal(DO(harness, append, STORE_APPEND), 0);
    commit = harness_commit(begin.job, NULL, 3);
    assert_int_equal(DO(harness, commit, STORE_COMMIT), 0);

    window = (struct store_read_window){.job = begin.job, .host = "a.example", .scheme = "http"};
    assert_int_equal(DO(harness, window, STORE_READ_WINDOW), 0);
    assert_int_equal(window.n_rows, 2);
    assert_int_equal(window.rows[0].seq, 1);
    assert_int_equal(window.rows[1].seq, 3);
    assert_true(window.end);
    store_rows_free(window.rows);
    window = (struct store_read_window){.job = begin.job, .host = "a.example", .scheme = "https"};
    assert_int_equal(DO(harness, window, STORE_READ_WINDOW), 0);
    assert_int_equal(window.n_rows, 1);
    assert_int_equal(window.rows[0].seq, 2);
    store_rows_free(window.rows);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(state_of_a_host_is_kept_over_a_restart),
        TEST(host_of_which_there_is_nothing_to_say_has_no_row),
        TEST(paused_patterns_are_kept_over_a_restart),
        TEST(stop_in_good_order_is_told_from_a_crash),
        TEST(window_has_urls_of_the_scheme_that_is_asked_for),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
