#include "daemon/config_host.h"

#include "base/cleanup.h"

#include <errno.h>
#include <locale.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static void expect_pattern(const char *text, const char *expected)
{
    char *pattern CLEANUP(freep) = NULL;

    assert_int_equal(config_parse_pattern(text, &pattern), 0);
    assert_string_equal(pattern, expected);
}

static void pattern_is_spelled_as_host_keys_are(void **state)
{
    expect_pattern("example.org", "example.org");
    expect_pattern("Example.ORG.", "example.org");
    expect_pattern("*.Example.org", "*.example.org");
    expect_pattern("127.1", "127.0.0.1");
    expect_pattern("[::1]", "[::1]");
    expect_pattern("b\xc3\xbc"
                   "cher.example",
        "xn--bcher-kva.example");
}

static void what_is_no_host_is_refused(void **state)
{
    static const char *const texts[] = {"", "*", "*.", "a b", "example.org:80", "example.org/",
        "http://example.org", "user@example.org", "*.127.0.0.1", "*.[::1]", "[::1]:8080", "a.*.b",
        "**.example.org"};
    char *pattern = NULL;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_int_equal(config_parse_pattern(texts[i], &pattern), -EINVAL);
    assert_null(pattern);
}

static void endless_pattern_is_refused(void **state)
{
    char text[2000];
    char *pattern = NULL;

    memset(text, 'a', sizeof(text));
    text[sizeof(text) - 1] = '\0';

    assert_int_equal(config_parse_pattern(text, &pattern), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pattern_is_spelled_as_host_keys_are),
        cmocka_unit_test(what_is_no_host_is_refused),
        cmocka_unit_test(endless_pattern_is_refused),
    };

    /* International names need a UTF-8 locale. */
    setlocale(LC_CTYPE, "C.UTF-8");
    return cmocka_run_group_tests(tests, NULL, NULL);
}
