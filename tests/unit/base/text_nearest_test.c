#include "base/text_nearest.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static const char *const verbs[] = {"submit", "status", "show", "top", "jobs", NULL};

static void mistyped_name_finds_its_nearest(void **state)
{
    assert_string_equal(text_nearest("sumbit", verbs), "submit");
    assert_string_equal(text_nearest("stauts", verbs), "status");
    assert_string_equal(text_nearest("job", verbs), "jobs");
    assert_string_equal(text_nearest("tpo", verbs), "top");
    assert_string_equal(text_nearest("top", verbs), "top");
}

static void name_that_is_near_to_none_finds_none(void **state)
{
    char endless[1000] = {0};

    for (size_t i = 0; i < sizeof(endless) - 1; i++)
        endless[i] = 's';
    assert_null(text_nearest("frobnicate", verbs));
    assert_null(text_nearest("", verbs));
    assert_null(text_nearest(endless, verbs));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mistyped_name_finds_its_nearest),
        cmocka_unit_test(name_that_is_near_to_none_finds_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
