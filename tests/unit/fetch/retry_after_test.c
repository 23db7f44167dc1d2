#include "fetch/retry_after.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static void retry_after_is_seconds_or_a_date(void **state)
{
    const int64_t now = 784111777 - 60; /* a minute before the date below */

    assert_int_equal(retry_after_usec("0", now), 0);
    assert_int_equal(retry_after_usec("120", now), 120000000);
    assert_int_equal(retry_after_usec("Sun, 06 Nov 1994 08:49:37 GMT", now), 60000000);
    assert_int_equal(retry_after_usec("Sunday, 06-Nov-94 08:49:37 GMT", now), 60000000);
    assert_int_equal(retry_after_usec("Sun Nov  6 08:49:37 1994", now), 60000000);
    assert_int_equal(retry_after_usec("Sun, 06 Nov 1994 08:49:37 GMT", now + 61), 0);
    assert_int_equal(retry_after_usec("soon", now), 0);
    assert_int_equal(retry_after_usec("-5", now), 0);
    assert_true(retry_after_usec("99999999999999999999", now) >= UINT64_C(86400000000));
}

static void longest_of_several_counts(void **state)
{
    const int64_t now = 784111777 - 60;

    assert_int_equal(retry_after_usec("3, 600", now), 600000000);
    assert_int_equal(retry_after_usec("600,3", now), 600000000);
    assert_int_equal(retry_after_usec("3.0", now), 3000000);
    assert_int_equal(retry_after_usec("3.01 ", now), 4000000);
    assert_int_equal(retry_after_usec("7, soon, 3,", now), 7000000);
    assert_int_equal(retry_after_usec("3 600", now), 3000000);
    assert_int_equal(retry_after_usec("Sun, 06 Nov 1994 08:49:37 GMT, 5", now), 60000000);
    assert_int_equal(retry_after_usec("61, Sunday, 06-Nov-94 08:49:37 GMT", now), 61000000);
}

static void retry_after_is_taken_as_it_is_meant(void **state)
{
    static const char *const ten_minutes[] = {"600s", "600 seconds", "+600", "\"600\"", "'600'", "600;x",
        "599.5s", "600 GMT", "1994-11-06T08:57:37Z", "1994-11-06 08:57:37", "1994-11-06t08:57:37.25+00:00",
        "1994-11-06T10:57:37+02:00", "\"Sun, 06 Nov 1994 08:57:37 GMT\""};
    const int64_t now = 784111777 - 120;
    char digits[132] = "";

    for (size_t i = 0; i < sizeof(ten_minutes) / sizeof(*ten_minutes); i++)
        assert_int_equal(retry_after_usec(ten_minutes[i], now), 600000000);
    assert_int_equal(retry_after_usec("1994-11-06T08:40:37Z", now), 0);
    assert_int_equal(retry_after_usec("1994-11-06", now), 0);
    assert_int_equal(retry_after_usec("s600", now), 0);
    assert_int_equal(retry_after_usec("\"", now), 0);
    memset(digits, '9', sizeof(digits) - 1);
    assert_true(retry_after_usec(digits, now) >= UINT64_C(86400000000));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(retry_after_is_seconds_or_a_date),
        cmocka_unit_test(longest_of_several_counts),
        cmocka_unit_test(retry_after_is_taken_as_it_is_meant),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
