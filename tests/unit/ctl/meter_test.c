#include "ctl/meter.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_line(uint64_t read, uint64_t total, double seconds, size_t width, const char *expected)
{
    static const struct bar_style style = {"#", "-", "", ""};
    CLEANUP(buffer_deinit) struct buffer buffer = {0};

    assert_int_equal(meter_format(&buffer, read, total, seconds, width, &style), 0);
    assert_int_equal(buffer_append(&buffer, "", 1), 0);
    assert_string_equal((const char *)buffer.bytes, expected);
}

static void bar_rate_and_time_left_fill_the_line(void **state)
{
    assert_line(1000000000, 4000000000, 5, 100,
        "######------------------  25%  1.0 GB of 4.0 GB  200.0 MB/s  15 s left");
}

static void a_narrow_terminal_gets_a_shorter_bar_then_none_then_a_cut_line(void **state)
{
    assert_line(
        1000000000, 4000000000, 5, 60, "###-----------  25%  1.0 GB of 4.0 GB  200.0 MB/s  15 s left");
    assert_line(1000000000, 4000000000, 5, 53, " 25%  1.0 GB of 4.0 GB  200.0 MB/s  15 s left");
    assert_line(1000000000, 4000000000, 5, 12, " 25%  1.0 GB");
}

static void what_has_no_size_has_no_bar(void **state)
{
    assert_line(38500000, 0, 0.5, 80, "38.5 MB  77.0 MB/s");
}

static void file_that_grows_stays_at_its_end(void **state)
{
    assert_line(50, 40, 1, 60, "######################## 100%  50 B of 50 B  50 B/s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bar_rate_and_time_left_fill_the_line),
        cmocka_unit_test(a_narrow_terminal_gets_a_shorter_bar_then_none_then_a_cut_line),
        cmocka_unit_test(what_has_no_size_has_no_bar),
        cmocka_unit_test(file_that_grows_stays_at_its_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
