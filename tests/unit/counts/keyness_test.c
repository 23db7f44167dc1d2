#include "counts/keyness.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_near(double value, double expected)
{
    if (!(fabs(value - expected) < 0.005))
        fail_msg("%f is not %f", value, expected);
}

/* Computed by hand: E = 1000 * 150 / 2000 = 75 on each side; 2 * (100 ln(100/75) + 50 ln(50/75)). */
static void log_likelihood_is_that_of_the_formula(void **state)
{
    assert_near(counts_log_likelihood(100, 50, 1000, 1000), 16.99);
    assert_near(counts_log_likelihood(50, 100, 1000, 1000), 16.99);
}

static void equal_shares_have_no_keyness(void **state)
{
    assert_near(counts_log_likelihood(10, 1000, 1000, 100000), 0);
    assert_near(counts_log_ratio(10, 1000, 1000, 100000), 0);
}

static void log_ratio_counts_doublings(void **state)
{
    assert_near(counts_log_ratio(40, 10, 1000, 1000), 2);
    assert_near(counts_log_ratio(10, 40, 1000, 1000), -2);
    assert_near(counts_log_ratio(10, 10, 1000, 2000), 1);
}

static void a_word_that_one_side_lacks_is_half_a_word_there(void **state)
{
    assert_near(counts_log_ratio(8, 0, 1000, 1000), 4);
    assert_near(counts_log_ratio(0, 8, 1000, 1000), -4);
    /* 2 * 8 ln(8/4) */
    assert_near(counts_log_likelihood(8, 0, 1000, 1000), 11.09);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(log_likelihood_is_that_of_the_formula),
        cmocka_unit_test(equal_shares_have_no_keyness),
        cmocka_unit_test(log_ratio_counts_doublings),
        cmocka_unit_test(a_word_that_one_side_lacks_is_half_a_word_there),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
