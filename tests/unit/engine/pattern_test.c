#include "engine/pattern.h"

#include "fetch/fetcher.h"
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static void pattern_is_spelled_as_host_keys_are(void **state)
{
    static const char *const pairs[][2] = {
        {"Example.ORG.", "example.org"},
        {"*.Example.org", "*.example.org"},
        {"example.org:443", "example.org:80"},
        {"*.example.org:80", "*.example.org:80"},
        {"[::1]:80", "[::1]:80"},
        {"example.org:", "example.org"},
        {"example.org:8080", "example.org:8080"},
        {"*.example.org:8080", "*.example.org:8080"},
        {"127.1", "127.0.0.1"},
        {"[::1]:8080", "[::1]:8080"},
    };

    for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++) {
        char *pattern;

        assert_int_equal(pattern_parse(pairs[i][0], &pattern), 0);
        assert_string_equal(pattern, pairs[i][1]);
        free(pattern);
    }
}

static void what_is_no_host_is_no_pattern(void **state)
{
    static const char *const texts[] = {
        "", "*", "*.", "a.*.org", "http://example.org", "example.org/x", "*.127.0.0.1", "me@example.org"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        char *pattern;

        assert_int_equal(pattern_parse(texts[i], &pattern), -EINVAL);
    }
}

static void pattern_without_a_port_means_every_port(void **state)
{
    assert_true(pattern_matches("example.org", "example.org"));
    assert_true(pattern_matches("example.org", "example.org:8080"));
    assert_true(pattern_matches("[::1]", "[::1]:8080"));
    assert_true(pattern_matches("example.org:8080", "example.org:8080"));
    assert_false(pattern_matches("example.org:8080", "example.org"));
    assert_false(pattern_matches("example.org", "notexample.org"));
    assert_false(pattern_matches("example.org", "a.example.org"));
}

static void ports_of_the_web_are_meant_where_they_are_named(void **state)
{
    assert_true(pattern_matches("example.org:80", "example.org"));
    assert_true(pattern_matches("*.example.org:80", "a.example.org"));
    assert_true(pattern_matches("[::1]:80", "[::1]"));
    assert_false(pattern_matches("example.org:80", "example.org:8080"));
    assert_false(pattern_matches("*.example.org:80", "a.example.org:8080"));
    assert_false(pattern_matches("example.org:80", "a.example.org"));
}

static void star_means_hosts_below_and_not_the_host_itself(void **state)
{
    assert_true(pattern_matches("*.example.org", "a.example.org"));
    assert_true(pattern_matches("*.example.org", "a.b.example.org:8080"));
    assert_true(pattern_matches("*.example.org:8080", "a.example.org:8080"));
    assert_false(pattern_matches("*.example.org:8080", "a.example.org"));
    assert_false(pattern_matches("*.example.org", "example.org"));
    assert_false(pattern_matches("*.example.org", "notexample.org"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pattern_is_spelled_as_host_keys_are),
        cmocka_unit_test(what_is_no_host_is_no_pattern),
        cmocka_unit_test(pattern_without_a_port_means_every_port),
        cmocka_unit_test(ports_of_the_web_are_meant_where_they_are_named),
        cmocka_unit_test(star_means_hosts_below_and_not_the_host_itself),
    };

    if (fetch_init() < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
