#include "fixture.h"

#include "engine/space.h"
#include "engine/state.h"
#include "engine/submission_private.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

#define MEMORY (1 << 20)
#define N_LINES 45000
#define TURN 500

/* A list, and what is known of it. */
struct list_test {
    struct fixture *fixture;
    struct engine_submission *submission;
    uint32_t n;
    uint32_t accepted, duplicates;
    bool is_roomy; /* may take more than MEMORY */
    bool came;
    int r;
    struct engine_committed committed;
};

static void open_list(struct fixture *fixture, struct list_test *list)
{
    const struct engine_submit_options options = {.user = "anna", .uid = 1000};

    *list = (struct list_test){.fixture = fixture};
    assert_int_equal(engine_submission_new(fixture->world.engine, &options, &list->submission), 0);
}

static void note(void *userdata, int r)
{
    struct list_test *list = userdata;

    list->came = true;
    list->r = r;
}

static bool has_come(void *userdata)
{
    return ((struct list_test *)userdata)->came;
}

static void wait_for(struct list_test *list, int r)
{
    if (r == 0) {
        world_wait(&list->fixture->world, has_come, list);
        r = list->r;
    }
    list->came = false;
    assert_true(r >= 0);
}

static void add(struct list_test *list, uint32_t number, bool is_new)
{
    char url[64];
    const struct engine_entry entry = {.url = url, .line = list->n};
    const char *reason;
    enum engine_added added;

    snprintf(url, sizeof(url), "http://host%u.example.org/%u", number % 3000, number);
    if (!engine_submission_has_room(list->submission))
        wait_for(list, engine_submission_wait(list->submission, note, list));
    assert_int_equal(engine_submission_add(list->submission, &entry, &added, &reason), 0);
    assert_in_range(list->fixture->world.engine->submit_memory, 1, list->is_roomy ? 64 * MEMORY : MEMORY);
    list->accepted += is_new;
    list->duplicates += !is_new;
}

/* Some lines; every tenth is one of far before. */
static void add_turn(struct list_test *list)
{
    for (int i = 0; i < TURN; i++) {
        uint32_t n = list->n++;

        if (n % 10 == 9)
            add(list, n / 10 * 7 / 10 * 10, false);
        else
            add(list, n, true);
    }
}

static void settle(struct list_test *list)
{
    wait_for(list, engine_submission_settle(list->submission, note, list));
    assert_int_equal(engine_submission_accepted(list->submission), list->accepted);
    assert_int_equal(engine_submission_duplicates(list->submission), list->duplicates);
}

static void commit_came(void *userdata, const struct engine_committed *committed)
{
    struct list_test *list = userdata;

    list->committed = *committed;
    list->came = true;
}

static void commit(struct list_test *list)
{
    engine_submission_commit(list->submission, commit_came, list);
    world_wait(&list->fixture->world, has_come, list);
    assert_int_equal(list->committed.r, 0);
    assert_int_equal(list->committed.accepted, list->accepted);
    assert_int_equal(list->committed.duplicates, list->duplicates);
}

static void open_world(struct fixture *fixture)
{
    fixture->world.max_queued = 1000000;
    fixture->world.policy.delay_usec = UINT64_C(3600) * 1000000;
    world_open(&fixture->world);
}

static void duplicates_beyond_memory_are_exact(void **state)
{
    struct list_test list;

    open_world(*state);
    open_list(*state, &list);

    while (list.n < N_LINES)
        add_turn(&list);

    assert_true(list.submission->spilled);
    settle(&list);
    commit(&list);
}

static void counts_are_exact_whenever_the_lines_so_far_are_settled(void **state)
{
    struct list_test list;

    open_world(*state);
    open_list(*state, &list);

    while (list.n < N_LINES) {
        add_turn(&list);
        settle(&list);
    }
    commit(&list);
}

static void commit_waits_for_what_is_looked_for(void **state)
{
    struct list_test list;

    open_world(*state);
    open_list(*state, &list);
    while (list.n < N_LINES)
        add_turn(&list);

    commit(&list);

    assert_int_equal(((struct fixture *)*state)->world.engine->submit_memory, 0);
}

static void three_lists_at_once_share_the_memory(void **state)
{
    struct list_test lists[3];
    struct fixture *fixture = *state;

    open_world(fixture);
    for (int i = 0; i < 3; i++)
        open_list(fixture, &lists[i]);
    /* One is large when the others begin. */
    while (lists[0].n < N_LINES / 2)
        add_turn(&lists[0]);
    while (lists[0].n < N_LINES)
        for (int i = 0; i < 3; i++)
            add_turn(&lists[i]);

    for (int i = 0; i < 3; i++)
        commit(&lists[i]);

    assert_int_equal(fixture->world.engine->submit_memory, 0);
    assert_int_equal(fixture->world.engine->submit_sets, 0);
    assert_int_equal(fixture->world.engine->n_submitting, 0);
    assert_int_equal(fixture->world.engine->n_spills, 0);
}

static bool nothing_is_open(void *userdata)
{
    return list_is_empty(&((struct fixture *)userdata)->world.engine->submissions);
}

static void list_that_is_given_up_leaves_nothing(void **state)
{
    struct fixture *fixture = *state;
    struct list_test list;

    open_world(fixture);
    open_list(fixture, &list);
    while (list.n < N_LINES)
        add_turn(&list);

    engine_submission_abort(list.submission);

    world_wait(&fixture->world, nothing_is_open, fixture);
    assert_int_equal(fixture->world.engine->submit_memory, 0);
    assert_int_equal(fixture->world.engine->n_spills, 0);
}

static bool has_no_spills(void *userdata)
{
    return ((struct fixture *)userdata)->world.engine->n_spills == 0;
}

static void list_that_failed_keeps_no_memory_from_others(void **state)
{
    struct fixture *fixture = *state;
    struct list_test failed;
    struct list_test other;

    open_world(fixture);
    open_list(fixture, &failed);
    while (!failed.submission->spilled)
        add_turn(&failed);
    open_list(fixture, &other);

    /* As a batch's failure does it; nobody calls for that list any more. */
    failed.submission->error = -EIO;
    submission_go_on(failed.submission);
    while (other.n < N_LINES)
        add_turn(&other);
    settle(&other);

    world_wait(&fixture->world, has_no_spills, fixture);
    assert_int_equal(fingerprints_memory(&failed.submission->seen), 0);
    commit(&other);
    engine_submission_abort(failed.submission);
}

static void list_is_open_when_the_engine_stops(void **state)
{
    struct list_test list;

    open_world(*state);
    open_list(*state, &list);
    while (list.n < N_LINES)
        add_turn(&list);

    engine_submission_abort(list.submission);
}

static void quota_is_of_urls_that_are_new(void **state)
{
    struct fixture *fixture = *state;
    struct list_test list;

    open_world(fixture);
    world_close(&fixture->world);
    fixture->world.max_queued = N_LINES / 10 * 9 + 1;
    world_open(&fixture->world);
    open_list(fixture, &list);

    while (list.n < N_LINES)
        add_turn(&list);

    settle(&list);
    add(&list, 1000001, true);
    settle(&list);
    commit(&list);
}

static void note_reloaded(void *userdata)
{
    note(userdata, 0);
}

/* Takes the settings. */
static void reload(struct fixture *fixture, struct engine_settings *settings)
{
    struct list_test done = {.fixture = fixture};

    assert_int_equal(engine_reload(fixture->world.engine, settings, note_reloaded, &done), 0);
    world_wait(&fixture->world, has_come, &done);
}

/* Adds lines until one is refused. */
static int add_until_refused(struct list_test *list)
{
    int r = 0;

    while (r >= 0 && list->n < N_LINES) {
        char url[64];
        const struct engine_entry entry = {.url = url};
        const char *reason;
        enum engine_added added;

        r = engine_submission_wait(list->submission, note, list);
        if (r == 0) {
            world_wait(&list->fixture->world, has_come, list);
            r = list->r;
            list->came = false;
        }
        snprintf(url, sizeof(url), "http://host.example.org/%u", list->n++);
        if (r >= 0)
            r = engine_submission_add(list->submission, &entry, &added, &reason);
    }
    return r;
}

static void list_ends_where_it_fills_the_disk(void **state)
{
    struct fixture *fixture = *state;
    struct engine_settings *settings;
    struct list_test list;

    open_world(fixture);
    open_list(fixture, &list);
    add_turn(&list);
    settings = world_settings(&fixture->world);
    settings->min_free_bytes = UINT64_MAX;
    reload(fixture, settings);
    /* That the disk was looked at a moment ago is no excuse. */
    fixture->world.engine->space_checked_usec = UINT64_MAX / 2;
    fixture->world.engine->space_error = 0;

    assert_int_equal(add_until_refused(&list), -ENOSPC);
    engine_submission_abort(list.submission);
}

static void list_goes_on_where_its_memory_becomes_less(void **state)
{
    struct fixture *fixture = *state;
    struct engine_settings *settings;
    struct list_test list;
    struct list_test small;
    char url[64];
    const struct engine_entry entry = {.url = url};
    const char *reason;
    enum engine_added added;

    open_world(fixture);
    settings = world_settings(&fixture->world);
    settings->max_submit_memory = 64 << 20;
    reload(fixture, settings);
    open_list(fixture, &small);
    open_list(fixture, &list);
    for (int i = 0; i < 3000; i++) {
        snprintf(url, sizeof(url), "http://host.example.org/%i", i);
        assert_int_equal(engine_submission_add(small.submission, &entry, &added, &reason), 0);
    }
    list.is_roomy = true;
    while (list.n < N_LINES / 2)
        add_turn(&list);
    assert_true(fixture->world.engine->submit_memory > MEMORY);
    reload(fixture, world_settings(&fixture->world));

    /* As a call's first line does it: without a question whether there is room. */
    assert_int_equal(engine_submission_add(small.submission, &entry, &added, &reason), 0);
    while (list.n < N_LINES)
        add_turn(&list);

    list.is_roomy = false;
    settle(&list);
    assert_in_range(fixture->world.engine->submit_memory, 1, MEMORY);
    commit(&list);
    wait_for(&small, engine_submission_settle(small.submission, note, &small));
    assert_int_equal(engine_submission_accepted(small.submission), 3000);
    engine_submission_abort(small.submission);
}

static bool has_room(void *userdata)
{
    return !space_is_used_up(((struct fixture *)userdata)->world.engine);
}

static void list_ends_where_it_fills_the_store(void **state)
{
    struct fixture *fixture = *state;
    struct engine_settings *settings;
    struct list_test list;
    struct list_test other;

    open_world(fixture);
    open_list(fixture, &list);
    settings = world_settings(&fixture->world);
    settings->max_store_bytes = 1 << 20;
    reload(fixture, settings);
    assert_int_equal(fixture->world.engine->space_error, 0);

    assert_int_equal(add_until_refused(&list), -EOVERFLOW);

    /* Even if its client sleeps over that, others have the room. */
    world_wait(&fixture->world, has_room, fixture);
    open_list(fixture, &other);
    engine_submission_abort(other.submission);
    engine_submission_abort(list.submission);
    world_wait(&fixture->world, nothing_is_open, fixture);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_set_up, fixture_tear_down)
    const struct CMUnitTest tests[] = {
        TEST(duplicates_beyond_memory_are_exact),
        TEST(counts_are_exact_whenever_the_lines_so_far_are_settled),
        TEST(commit_waits_for_what_is_looked_for),
        TEST(three_lists_at_once_share_the_memory),
        TEST(list_that_is_given_up_leaves_nothing),
        TEST(list_that_failed_keeps_no_memory_from_others),
        TEST(list_is_open_when_the_engine_stops),
        TEST(quota_is_of_urls_that_are_new),
        TEST(list_ends_where_it_fills_the_disk),
        TEST(list_ends_where_it_fills_the_store),
        TEST(list_goes_on_where_its_memory_becomes_less),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
