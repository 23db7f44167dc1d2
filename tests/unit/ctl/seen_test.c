#include "ctl/seen.h"

#include "base/cleanup.h"
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void a_page_is_new_once(void **state)
{
    CLEANUP(seen_deinit) struct seen seen = {0};

    for (int64_t page = 0; page < 30000; page += 7)
        assert_int_equal(seen_add(&seen, page), 1);
    for (int64_t page = 0; page < 30000; page++)
        assert_int_equal(seen_add(&seen, page), page % 7 != 0);
}

static void memory_is_a_bit_a_page(void **state)
{
    CLEANUP(seen_deinit) struct seen seen = {0};

    assert_int_equal(seen_add(&seen, 2000000), 1);
    assert_true(seen.size <= 2 * 2000000 / 8);
    assert_int_equal(seen_add(&seen, 1999999), 1);
}

static void what_is_out_of_range_is_always_new_and_takes_no_memory(void **state)
{
    CLEANUP(seen_deinit) struct seen seen = {0};

    assert_int_equal(seen_add(&seen, -1), 1);
    assert_int_equal(seen_add(&seen, SEEN_MAX), 1);
    assert_int_equal(seen_add(&seen, SEEN_MAX), 1);
    assert_int_equal(seen.size, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_is_new_once),
        cmocka_unit_test(memory_is_a_bit_a_page),
        cmocka_unit_test(what_is_out_of_range_is_always_new_and_takes_no_memory),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
