#include "engine/compare_list.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include <cmocka.h>

static bool has(const struct compare_pages *pages, uint64_t seq)
{
    return pages->bits[seq / 8] >> seq % 8 & 1;
}

static uint64_t count(const struct compare_pages *pages)
{
    uint64_t n = 0;

    for (size_t i = 0; i < pages->size; i++)
        n += (uint64_t)__builtin_popcount(pages->bits[i]);
    return n;
}

static void pages_that_were_counted_in_both_are_found_in_either(void **state)
{
    struct compare_list list;

    assert_int_equal(compare_list_init(&list, 3, 9), 0);
    compare_list_hold(&list, "http://a/", 1, true);
    compare_list_hold(&list, "http://b/", 2, true);
    compare_list_hold(&list, "http://c/", 3, false);
    compare_list_meet(&list, "http://d/", 1, true);
    assert_false(list.overlaps);
    compare_list_meet(&list, "http://c/", 2, true);
    compare_list_meet(&list, "http://a/", 3, false);
    assert_true(list.overlaps);
    assert_int_equal(list.n_both, 0);
    compare_list_meet(&list, "http://b/", 9, true);
    assert_int_equal(list.n_both, 1);
    assert_int_equal(count(&list.held), 1);
    assert_int_equal(count(&list.met), 1);
    assert_true(has(&list.held, 2));
    assert_true(has(&list.met, 9));
    compare_list_deinit(&list);
}

static void one_page_of_a_url_that_is_there_twice_counts(void **state)
{
    struct compare_list list;

    assert_int_equal(compare_list_init(&list, 3, 3), 0);
    compare_list_hold(&list, "http://a/", 1, false);
    compare_list_hold(&list, "http://a/", 2, true);
    compare_list_hold(&list, "http://a/", 3, true);
    compare_list_meet(&list, "http://a/", 1, false);
    compare_list_meet(&list, "http://a/", 2, true);
    compare_list_meet(&list, "http://a/", 3, true);
    assert_int_equal(count(&list.held), 1);
    assert_int_equal(count(&list.met), 1);
    assert_true(has(&list.held, 2));
    assert_true(has(&list.met, 2));
    compare_list_deinit(&list);
}

static void full_list_finds_every_url(void **state)
{
    enum {
        N = 5000
    };
    struct compare_list list;
    char url[64];

    assert_int_equal(compare_list_init(&list, N, 2 * N), 0);
    for (unsigned i = 1; i <= N; i++) {
        snprintf(url, sizeof(url), "http://host/%u", i);
        compare_list_hold(&list, url, i, i % 2);
    }
    for (unsigned i = 1; i <= 2 * N; i++) {
        snprintf(url, sizeof(url), "http://host/%u", 2 * N + 1 - i);
        compare_list_meet(&list, url, i, true);
    }
    assert_int_equal(list.n_both, N / 2);
    for (unsigned i = 1; i <= N; i++) {
        assert_int_equal(has(&list.held, i), i % 2);
        assert_int_equal(has(&list.met, 2 * N + 1 - i), i % 2);
    }
    compare_list_deinit(&list);
}

static void list_that_is_too_long_is_refused(void **state)
{
    struct compare_list list;

    assert_int_equal(compare_list_init(&list, COMPARE_MAX_URLS + 1, 1), -E2BIG);
    assert_int_equal(compare_list_init(&list, 0, COMPARE_MAX_URLS + 1), 0);
    compare_list_meet(&list, "http://a/", COMPARE_MAX_URLS + 1, true);
    assert_false(list.overlaps);
    compare_list_deinit(&list);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pages_that_were_counted_in_both_are_found_in_either),
        cmocka_unit_test(one_page_of_a_url_that_is_there_twice_counts),
        cmocka_unit_test(full_list_finds_every_url),
        cmocka_unit_test(list_that_is_too_long_is_refused),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
