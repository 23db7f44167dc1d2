#include "base/text.h"

#include "base/clock.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <string.h>

#include <cmocka.h>

#define UNTOUCHED 4711

static void whole_number_is_read_up_to_its_limit(void **state)
{
    uint64_t value = UNTOUCHED;

    assert_int_equal(text_parse_u64("0", 10, &value), 0);
    assert_int_equal(value, 0);
    assert_int_equal(text_parse_u64("007", 10, &value), 0);
    assert_int_equal(value, 7);
    assert_int_equal(text_parse_u64("18446744073709551615", UINT64_MAX, &value), 0);
    assert_true(value == UINT64_MAX);
}

static void what_is_no_whole_number_is_refused_and_leaves_the_result_alone(void **state)
{
    static const char *const texts[] = {"", " 1", "1 ", "-1", "+1", "0x10", "1.5", "ten", "1K"};
    uint64_t value = UNTOUCHED;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_int_equal(text_parse_u64(texts[i], UINT64_MAX, &value), -EINVAL);
    assert_int_equal(value, UNTOUCHED);
}

static void number_above_its_limit_is_out_of_range(void **state)
{
    uint64_t value = UNTOUCHED;

    assert_int_equal(text_parse_u64("11", 10, &value), -ERANGE);
    assert_int_equal(text_parse_u64("18446744073709551616", UINT64_MAX, &value), -ERANGE);
    assert_int_equal(text_parse_u64("99999999999999999999999", UINT64_MAX, &value), -ERANGE);
    assert_int_equal(value, UNTOUCHED);
}

static void size_suffixes_count_to_the_base_of_1024(void **state)
{
    static const struct {
        const char *text;
        uint64_t bytes;
    } cases[] = {
        {"0", 0},
        {"4096", 4096},
        {"4096B", 4096},
        {"16K", 16384},
        {"1.5K", 1536},
        {"16M", UINT64_C(16) << 20},
        {"1G", UINT64_C(1) << 30},
        {"2T", UINT64_C(2) << 40},
        {"15E", UINT64_C(15) << 60},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint64_t bytes = UNTOUCHED;

        assert_int_equal(text_parse_size(cases[i].text, &bytes), 0);
        assert_true(bytes == cases[i].bytes);
    }
}

static void bad_size_is_refused_and_leaves_the_result_alone(void **state)
{
    static const char *const texts[] = {"", "K", "16k", "16KB", "16 K", "1.K", ".5K", "-1K"};
    uint64_t bytes = UNTOUCHED;

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_int_equal(text_parse_size(texts[i], &bytes), -EINVAL);
    assert_int_equal(text_parse_size("16E", &bytes), -ERANGE);
    assert_int_equal(bytes, UNTOUCHED);
}

static void span_adds_up_its_units(void **state)
{
    static const struct {
        const char *text;
        uint64_t usec;
    } cases[] = {
        {"0", 0},
        {"90", 90 * USEC_PER_SEC},
        {"1s", USEC_PER_SEC},
        {"500ms", 500 * USEC_PER_MSEC},
        {"20us", 20},
        {"2min 30s", 150 * USEC_PER_SEC},
        {"2min30s", 150 * USEC_PER_SEC},
        {"2 min 30 sec", 150 * USEC_PER_SEC},
        {" 1h ", 3600 * USEC_PER_SEC},
        {"1.5h", 5400 * USEC_PER_SEC},
        {"0.25", 250 * USEC_PER_MSEC},
        {"1d", 86400 * USEC_PER_SEC},
        {"1w", 604800 * USEC_PER_SEC},
        {"3 weeks", 3 * 604800 * USEC_PER_SEC},
        {"1M", 2629800 * USEC_PER_SEC},
        {"infinity", USEC_NEVER},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        uint64_t usec = UNTOUCHED;

        assert_int_equal(text_parse_span(cases[i].text, &usec), 0);
        assert_true(usec == cases[i].usec);
    }
}

static void bad_span_is_refused_and_leaves_the_result_alone(void **state)
{
    static const char *const invalid[] = {
        "", " ", "s", "1x", "1sx", "1 s 2 parsecs", "-1s", "1..5s", "infinity 1s", "1S"};
    static const char *const too_long[] = {"18446744073709551615", "600000y", "584554y 1000y"};
    uint64_t usec = UNTOUCHED;

    for (size_t i = 0; i < sizeof(invalid) / sizeof(invalid[0]); i++)
        assert_int_equal(text_parse_span(invalid[i], &usec), -EINVAL);
    for (size_t i = 0; i < sizeof(too_long) / sizeof(too_long[0]); i++)
        assert_int_equal(text_parse_span(too_long[i], &usec), -ERANGE);
    assert_int_equal(usec, UNTOUCHED);
}

static void booleans_are_those_of_systemd(void **state)
{
    static const char *const yes[] = {"yes", "true", "on", "1"};
    static const char *const no[] = {"no", "false", "off", "0"};
    int value = UNTOUCHED;

    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(text_parse_bool(yes[i], &value), 0);
        assert_int_equal(value, 1);
        assert_int_equal(text_parse_bool(no[i], &value), 0);
        assert_int_equal(value, 0);
    }
    assert_int_equal(text_parse_bool("maybe", &value), -EINVAL);
    assert_int_equal(value, 0);
}

static void span_is_printed_in_at_most_two_units(void **state)
{
    static const struct {
        uint64_t usec;
        const char *text;
    } cases[] = {
        {0, "0 s"},
        {999, "999 us"},
        {20 * USEC_PER_MSEC, "20 ms"},
        {400 * USEC_PER_MSEC, "0.4 s"},
        {1000 * USEC_PER_MSEC, "1 s"},
        {1999 * USEC_PER_MSEC, "1.9 s"},
        {12 * USEC_PER_SEC, "12 s"},
        {60 * USEC_PER_SEC, "1 min"},
        {90 * USEC_PER_SEC, "1 min 30 s"},
        {6000 * USEC_PER_SEC, "1 h 40 min"},
        {86400 * USEC_PER_SEC, "1 d"},
        {100000 * USEC_PER_SEC, "1 d 3 h"},
        {USEC_NEVER, "forever"},
    };
    char buffer[TEXT_SPAN_SIZE];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(text_format_span(cases[i].usec, buffer), cases[i].text);
}

static void size_is_printed_to_the_base_of_1000(void **state)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } cases[] = {
        {0, "0 B"},
        {999, "999 B"},
        {1000, "1.0 kB"},
        {13600000, "13.6 MB"},
        {999999, "999.9 kB"},
        {UINT64_MAX, "18.4 EB"},
    };
    char buffer[TEXT_SIZE_SIZE];

    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++)
        assert_string_equal(text_format_size(cases[i].bytes, buffer), cases[i].text);
}

static void control_characters_are_found_and_nothing_else(void **state)
{
    static const char *const with[] = {
        "a\tb", "\x1f", "\x7f", "a\xc2\x80", "\xc2\x85z", "\xc2\x9b", "\xc2\x9f"};
    static const char *const without[] = {
        "", "a b", "\xc2\xa0", "\xc3\x80", "\xe2\x82\x80", "\xd1\x82\xd0\x90", "~"};

    for (size_t i = 0; i < sizeof(with) / sizeof(with[0]); i++)
        assert_true(text_has_control(with[i], strlen(with[i])));
    for (size_t i = 0; i < sizeof(without) / sizeof(without[0]); i++)
        assert_false(text_has_control(without[i], strlen(without[i])));
}

static void text_is_cut_between_characters(void **state)
{
    assert_int_equal(text_cut("", 4), 0);
    assert_int_equal(text_cut("abcd", 4), 4);
    assert_int_equal(text_cut("abcde", 4), 4);
    assert_int_equal(text_cut("ab\xc3\xa9", 4), 4);
    assert_int_equal(text_cut("abc\xc3\xa9", 4), 3);
    assert_int_equal(text_cut("a\xf0\x9f\x98\x80z", 4), 1);
    assert_int_equal(text_cut("\xf0\x9f\x98\x80", 3), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_number_is_read_up_to_its_limit),
        cmocka_unit_test(what_is_no_whole_number_is_refused_and_leaves_the_result_alone),
        cmocka_unit_test(number_above_its_limit_is_out_of_range),
        cmocka_unit_test(size_suffixes_count_to_the_base_of_1024),
        cmocka_unit_test(bad_size_is_refused_and_leaves_the_result_alone),
        cmocka_unit_test(span_adds_up_its_units),
        cmocka_unit_test(bad_span_is_refused_and_leaves_the_result_alone),
        cmocka_unit_test(booleans_are_those_of_systemd),
        cmocka_unit_test(span_is_printed_in_at_most_two_units),
        cmocka_unit_test(size_is_printed_to_the_base_of_1000),
        cmocka_unit_test(control_characters_are_found_and_nothing_else),
        cmocka_unit_test(text_is_cut_between_characters),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
