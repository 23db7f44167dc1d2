#include "base/histogram.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const double bounds[] = {1, 10};

static void a_bound_belongs_to_the_range_below_it(void **state)
{
    struct histogram histogram = HISTOGRAM(bounds);

    histogram_observe(&histogram, 1);
    histogram_observe(&histogram, 1.5);
    histogram_observe(&histogram, 10);

    assert_int_equal(histogram.ranges[0], 1);
    assert_int_equal(histogram.ranges[1], 2);
    assert_int_equal(histogram.ranges[2], 0);
}

static void what_is_above_all_bounds_counts_too(void **state)
{
    struct histogram histogram = HISTOGRAM(bounds);

    histogram_observe(&histogram, 11);
    histogram_observe(&histogram, 1e9);

    assert_int_equal(histogram.ranges[2], 2);
    assert_true(histogram.sum == 1e9 + 11);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bound_belongs_to_the_range_below_it),
        cmocka_unit_test(what_is_above_all_bounds_counts_too),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
