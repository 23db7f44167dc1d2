#include "engine/compare.h"

#include "base/array.h"
#include "base/cleanup.h"
#include "counted.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct fixture {
    struct counted counted;
    struct compare *compare;
    struct buffer told; /* the result, as text */
    int r;
    size_t n_done;
    bool free_when_done;
};

static int set_up(void **state)
{
    struct fixture *fixture = calloc(1, sizeof(*fixture));

    assert_non_null(fixture);
    counted_open(&fixture->counted);
    *state = fixture;
    return 0;
}

static int tear_down(void **state)
{
    struct fixture *fixture = *state;

    compare_free(fixture->compare);
    counted_close(&fixture->counted);
    buffer_deinit(&fixture->told);
    free(fixture);
    return 0;
}

static void write_result(struct buffer *text, const struct compare_result *result)
{
    static const char signs[] = {
        [COUNTS_CAME] = '*', [COUNTS_WENT] = '0', [COUNTS_ROSE] = '+', [COUNTS_FELL] = '-'};

    assert_int_equal(buffer_append_text(text, result->all ? "all" : "both"), 0);
    for (size_t i = 0; i < COMPARE_SIDES; i++) {
        const struct compare_sums *sums = &result->sides[i];

        assert_int_equal(buffer_printf(text, " [%ju %ju/%ju/%ju%s%s]", (uintmax_t)sums->counted,
                             (uintmax_t)sums->pages, (uintmax_t)sums->tokens, (uintmax_t)sums->distinct,
                             sums->n_engines > 0 ? " " : "", sums->n_engines > 0 ? sums->engines[0] : ""),
            0);
    }
    for (size_t i = 0; i < result->n_changes; i++) {
        const struct counts_change *change = &result->changes[i];

        assert_int_equal(buffer_printf(text, " %c%.*s:%ju>%ju", signs[change->kind], (int)change->length,
                             change->word, (uintmax_t)change->base_tokens, (uintmax_t)change->new_tokens),
            0);
    }
}

static void done(void *userdata, int r, const struct compare_result *result)
{
    struct fixture *fixture = userdata;

    fixture->n_done++;
    fixture->r = r;
    if (r == 0)
        write_result(&fixture->told, result);
    if (fixture->free_when_done)
        compare_free(TAKE(fixture->compare));
}

static struct compare_options options_of(uint64_t base, uint64_t newer)
{
    return (struct compare_options){
        .sides = {{.job = base, .total = 3}, {.job = newer, .total = 3}},
    };
}

static void start(struct fixture *fixture, const struct compare_options *options)
{
    fixture->n_done = 0;
    fixture->told.size = 0;
    assert_int_equal(compare_new(fixture->counted.store, options, done, fixture, &fixture->compare), 0);
    assert_int_equal(fixture->n_done, 0);
}

static const char *run(struct fixture *fixture, const struct compare_options *options)
{
    start(fixture, options);
    while (fixture->n_done == 0) {
        counted_wait(&fixture->counted);
        mailbox_deliver(&fixture->counted.inbox, NULL);
    }
    compare_free(TAKE(fixture->compare));
    assert_int_equal(buffer_append(&fixture->told, "", 1), 0);
    return (const char *)fixture->told.bytes;
}

static const struct counted_line before[] = {
    {"http://a.test/1", "a.test", NULL},
    {"http://b.test/2", "b.test", NULL},
    {"http://a.test/3", "a.test", NULL},
};
static const struct counted_line after[] = {
    {"http://a.test/3", "a.test", NULL},
    {"http://b.test/2", "b.test", NULL},
    {"http://c.test/4", "c.test", NULL},
};

/* Counted: 1 and 3 before, 3 and 4 after. */
static void submit_both(struct fixture *fixture, uint64_t jobs[2])
{
    jobs[0] = counted_submit(&fixture->counted, before, 3);
    jobs[1] = counted_submit(&fixture->counted, after, 3);
    counted_page(&fixture->counted, jobs[0], &before[0], 1, 1, "cat:2 eel:1");
    counted_page(&fixture->counted, jobs[0], &before[2], 3, 2, "cat:3 dog:1 fox:4");
    counted_page(&fixture->counted, jobs[1], &after[0], 1, 3, "hen:9 cat:3 dog:6");
    counted_page(&fixture->counted, jobs[1], &after[2], 3, 4, "yak:5");
}

static void words_of_pages_that_both_have_are_compared(void **state)
{
    struct fixture *fixture = *state;
    struct compare_options options;
    uint64_t jobs[2];

    submit_both(fixture, jobs);
    options = options_of(jobs[0], jobs[1]);
    assert_string_equal(
        run(fixture, &options), "both [2 1/8/3 test] [2 1/18/3 test] 0fox:4>0 *hen:0>9 +dog:1>6 -cat:3>3");
    /* Whichever list is the shorter one. */
    options.sides[COMPARE_BASE].total = 4;
    assert_string_equal(
        run(fixture, &options), "both [2 1/8/3 test] [2 1/18/3 test] 0fox:4>0 *hen:0>9 +dog:1>6 -cat:3>3");
    options = options_of(jobs[1], jobs[0]);
    options.k = 2;
    assert_string_equal(run(fixture, &options), "both [2 1/18/3 test] [2 1/8/3 test] *fox:0>4 0hen:9>0");
}

static void all_pages_are_compared_if_asked_for_or_if_no_url_is_in_both(void **state)
{
    static const struct counted_line apart[] = {{"http://a.test/9", "a.test", NULL}};
    struct fixture *fixture = *state;
    struct compare_options options;
    uint64_t jobs[2], other;

    submit_both(fixture, jobs);
    options = options_of(jobs[0], jobs[1]);
    options.all = true;
    options.k = 1;
    assert_string_equal(run(fixture, &options), "all [2 2/11/4 test] [2 2/23/4 test] 0fox:4>0");
    other = counted_submit(&fixture->counted, apart, 1);
    options = options_of(jobs[0], other);
    assert_string_equal(run(fixture, &options), "all [2 2/11/4 test] [0 0/0/0]");
    counted_page(&fixture->counted, other, &apart[0], 1, 5, "fox:4");
    options.filter.min_length = 4;
    assert_string_equal(run(fixture, &options), "all [2 2/11/4 test] [1 1/4/1 test]");
}

static void sides_may_be_hosts(void **state)
{
    struct fixture *fixture = *state;
    struct compare_options options;
    uint64_t jobs[2];

    submit_both(fixture, jobs);
    options = options_of(jobs[0], jobs[1]);
    options.k = 1;
    options.sides[COMPARE_BASE].host = "a.test";
    options.sides[COMPARE_NEW].host = "a.test";
    assert_string_equal(run(fixture, &options), "both [2 1/8/3 test] [1 1/18/3 test] 0fox:4>0");
    options.sides[COMPARE_NEW].host = "c.test";
    assert_string_equal(run(fixture, &options), "all [2 2/11/4 test] [1 1/5/1 test] *yak:0>5");
    /* In both lists, counted in none. */
    options.sides[COMPARE_BASE].host = options.sides[COMPARE_NEW].host = "b.test";
    assert_string_equal(run(fixture, &options), "both [0 0/0/0] [0 0/0/0]");
}

static void job_that_has_gone_fails_the_comparison(void **state)
{
    struct fixture *fixture = *state;
    struct compare_options options;
    uint64_t jobs[2];

    submit_both(fixture, jobs);
    for (int all = 0; all < 2; all++)
        for (size_t side = 0; side < COMPARE_SIDES; side++) {
            options = options_of(jobs[0], jobs[1]);
            options.all = all;
            options.sides[side].job = 99;
            run(fixture, &options);
            assert_int_equal(fixture->r, -ENOENT);
        }
    options.sides[COMPARE_BASE].total = options.sides[COMPARE_NEW].total = UINT64_MAX;
    options.all = false;
    assert_int_equal(compare_new(fixture->counted.store, &options, done, fixture, &fixture->compare), -E2BIG);
}

static void comparison_can_be_freed_at_any_step(void **state)
{
    struct fixture *fixture = *state;
    struct compare_options options;
    uint64_t jobs[2];

    submit_both(fixture, jobs);
    options = options_of(jobs[0], jobs[1]);
    for (int steps = 0; steps < 16; steps++) {
        int step = 0;

        start(fixture, &options);
        while (step++ < steps && fixture->n_done == 0) {
            counted_wait(&fixture->counted);
            mailbox_deliver(&fixture->counted.inbox, NULL);
        }
        compare_free(TAKE(fixture->compare));
    }
    assert_int_equal(fixture->n_done, 1);
    /* Whatever is still under way comes back at the end, and is freed then: see tear_down(). */
}

static void comparison_can_be_freed_as_soon_as_it_is_done(void **state)
{
    struct fixture *fixture = *state;
    struct compare_options options;
    uint64_t jobs[2];

    submit_both(fixture, jobs);
    options = options_of(jobs[0], jobs[1]);
    fixture->free_when_done = true;
    run(fixture, &options);
    assert_int_equal(fixture->r, 0);
    options.sides[COMPARE_NEW].job = 99;
    options.all = true;
    run(fixture, &options);
    assert_int_equal(fixture->r, -ENOENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(words_of_pages_that_both_have_are_compared, set_up, tear_down),
        cmocka_unit_test_setup_teardown(
            all_pages_are_compared_if_asked_for_or_if_no_url_is_in_both, set_up, tear_down),
        cmocka_unit_test_setup_teardown(sides_may_be_hosts, set_up, tear_down),
        cmocka_unit_test_setup_teardown(job_that_has_gone_fails_the_comparison, set_up, tear_down),
        cmocka_unit_test_setup_teardown(comparison_can_be_freed_at_any_step, set_up, tear_down),
        cmocka_unit_test_setup_teardown(comparison_can_be_freed_as_soon_as_it_is_done, set_up, tear_down),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
