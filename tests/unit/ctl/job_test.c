#include "ctl/job.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void numbers_names_and_earlier_jobs_of_a_name_are_jobs(void **state)
{
    static const char *const good[] = {
        "7", "123456789", "docs", "docs~1", "7a", "nightly run", "обход", "docs~0"};

    for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
        assert_null(job_check(good[i]));
}

static void slips_are_told_apart(void **state)
{
    assert_non_null(job_check("0"));
    assert_non_null(job_check("99999999999999999999"));
    assert_non_null(strstr(job_check("docs~"), "after ~"));
    assert_non_null(strstr(job_check("docs~x"), "after ~"));
    assert_non_null(job_check("docs~-1"));
    assert_non_null(strstr(job_check("~1"), "not empty"));
    assert_non_null(strstr(job_check(""), "not empty"));
    assert_non_null(strstr(job_check("a\nb"), "control"));
}

static void a_name_is_neither_a_number_nor_holds_a_tilde(void **state)
{
    assert_null(job_check_name("docs"));
    assert_null(job_check_name("2026-11-22"));
    assert_non_null(strstr(job_check_name("2026"), "number"));
    assert_non_null(strstr(job_check_name("docs~1"), "~"));
    assert_non_null(job_check_name(""));
}

static void a_name_has_an_end(void **state)
{
    char name[130];

    memset(name, 'a', sizeof(name));
    name[128] = '\0';
    assert_null(job_check_name(name));
    name[128] = 'a';
    name[129] = '\0';
    assert_non_null(job_check_name(name));
    assert_non_null(job_check(name));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_names_and_earlier_jobs_of_a_name_are_jobs),
        cmocka_unit_test(slips_are_told_apart),
        cmocka_unit_test(a_name_is_neither_a_number_nor_holds_a_tilde),
        cmocka_unit_test(a_name_has_an_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
