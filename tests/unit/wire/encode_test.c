#include "wire/encode.h"

#include "wire/frame.h"
#include "wire/verbs.h"
#include <errno.h>
#include <locale.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* The buffer's text, which the next assertion finds empty again. */
static void assert_text(struct buffer *buffer, const char *expected)
{
    assert_int_equal(buffer_append(buffer, "", 1), 0);
    assert_string_equal((const char *)buffer->bytes, expected);
    buffer_deinit(buffer);
}

static void call_has_flags_only_when_set(void **state)
{
    struct buffer buffer = {0};

    assert_int_equal(
        wire_encode_call(&buffer, "io.urlstat.Ping", WIRE_CALL_PLAIN, &wire_nothing_shape, NULL), 0);
    assert_text(&buffer, "{\"method\":\"io.urlstat.Ping\",\"parameters\":{}}");
    assert_int_equal(
        wire_encode_call(&buffer, "io.urlstat.Ping", WIRE_CALL_MORE, &wire_nothing_shape, NULL), 0);
    assert_text(&buffer, "{\"method\":\"io.urlstat.Ping\",\"parameters\":{},\"more\":true}");
    assert_int_equal(
        wire_encode_call(&buffer, "io.urlstat.Ping", WIRE_CALL_ONEWAY, &wire_nothing_shape, NULL), 0);
    assert_text(&buffer, "{\"method\":\"io.urlstat.Ping\",\"parameters\":{},\"oneway\":true}");
}

static void parameters_that_are_null_are_left_out_of_calls(void **state)
{
    const struct wire_top_in in = {.k = wire_some_int(7), .unique = wire_some_bool(false)};
    struct buffer buffer = {0};

    assert_int_equal(wire_print_compact(&buffer, &wire_top_in_shape, &in), 0);
    assert_text(&buffer, "{\"k\":7,\"unique\":false}");
}

static void replies_print_null_where_the_shape_is_to_be_stable(void **state)
{
    const struct wire_commit_out out = {.accepted = 2, .rejected_count = 1};
    struct buffer buffer = {0};

    assert_int_equal(wire_encode_reply(&buffer, &wire_commit_out_shape, &out, true), 0);
    assert_text(&buffer,
        "{\"parameters\":{\"job\":null,\"accepted\":2,\"duplicates\":0,\"rejectedCount\":1,"
        "\"existed\":false,\"slowestHost\":null},\"continues\":true}");
}

static void errors_have_their_own_parameters_alone(void **state)
{
    const struct wire_error_parameters parameters = {
        .job = "docs~3", .message = "there is no job \"docs~3\"", .limit = "not shown"};
    struct buffer buffer = {0};

    assert_int_equal(wire_encode_error(&buffer, WIRE_NO_SUCH_JOB, &parameters), 0);
    assert_text(&buffer,
        "{\"error\":\"io.urlstat.NoSuchJob\",\"parameters\":{\"job\":\"docs~3\","
        "\"message\":\"there is no job \\\"docs~3\\\"\"}}");
    assert_int_equal(wire_encode_error(&buffer, WIRE_EXPECTED_MORE, NULL), 0);
    assert_text(&buffer, "{\"error\":\"org.varlink.service.ExpectedMore\",\"parameters\":{}}");
}

static void assert_string(const char *text, size_t size, const char *expected)
{
    struct buffer buffer = {0};

    assert_int_equal(wire_print_string(&buffer, text, size), 0);
    assert_text(&buffer, expected);
}

static void strings_are_escaped_as_json_wants(void **state)
{
    assert_string("", 0, "\"\"");
    assert_string("a\"b\\c/d", 7, "\"a\\\"b\\\\c/d\"");
    assert_string("\b\f\n\r\t\x01\x1f\x7f", 8, "\"\\b\\f\\n\\r\\t\\u0001\\u001f\x7f\"");
    assert_string("\0", 1, "\"\\u0000\"");
    assert_string("\xC3\xA4\xF0\x9F\x98\x80", 6, "\"\xC3\xA4\xF0\x9F\x98\x80\"");
}

static void bytes_that_are_no_utf8_become_replacement_characters(void **state)
{
    assert_string("a\xFFz", 3, "\"a\xEF\xBF\xBDz\"");
    assert_string("\xE2\x82", 2, "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
    assert_string("\xC0\x80", 2, "\"\xEF\xBF\xBD\xEF\xBF\xBD\"");
}

static void assert_float(double value, const char *expected)
{
    struct buffer buffer = {0};

    assert_int_equal(wire_print_float(&buffer, value), 0);
    assert_text(&buffer, expected);
}

static void floats_are_as_short_as_they_can_be(void **state)
{
    assert_float(0, "0");
    assert_float(0.1, "0.1");
    assert_float(0.12, "0.12");
    assert_float(50123.4, "50123.4");
    assert_float(1e22, "1e+22");
    assert_float(1.0 / 3, "0.3333333333333333");
    assert_float(0.1 + 0.2, "0.30000000000000004");
    assert_float(-2.5, "-2.5");
    assert_float(NAN, "null");
    assert_float(INFINITY, "null");
}

static void floats_of_few_digits_are_those_of_printf(void **state)
{
    static const double bounds[] = {0, 1, 1000, 123456, 1e10, 1e11, 1e12, 1e15};
    char expected[64];

    for (size_t i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++)
        for (int thousandths = -1100; thousandths <= 1100; thousandths++) {
            double value = bounds[i] + thousandths / 1000.0;

            snprintf(expected, sizeof(expected), "%.15g", value);
            if (strtod(expected, NULL) == value)
                assert_float(value, expected);
        }
    assert_float(-0.0, "-0");
    assert_float(nextafter(0.25, 1), "0.25000000000000006");
}

static void floats_read_back_as_they_were(void **state)
{
    uint64_t bits = 1;

    for (int i = 0; i < 20000; i++) {
        struct buffer buffer = {0};
        double value;

        bits = bits * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
        memcpy(&value, &bits, sizeof(value));
        if (!isfinite(value))
            continue;
        assert_int_equal(wire_print_float(&buffer, value), 0);
        assert_int_equal(buffer_append(&buffer, "", 1), 0);
        assert_true(strtod((const char *)buffer.bytes, NULL) == value);
        buffer_deinit(&buffer);
    }
}

/* A locale with a decimal comma need not be installed: then this checks less, and the run in ctl's tests
 * more. */
static void floats_have_a_point_in_every_locale(void **state)
{
    if (!setlocale(LC_NUMERIC, "de_DE.UTF-8"))
        skip();
    assert_float(2.5, "2.5");
    setlocale(LC_NUMERIC, "C");
}

static void bare_values_are_unquoted_and_empty_when_null(void **state)
{
    const struct wire_url url = {.job = 7, .title = "a \"b\"", .seconds = wire_some_float(0.25)};
    struct buffer buffer = {0};

    assert_int_equal(wire_print_bare(&buffer, wire_shape_find(&wire_url_shape, "title"), &url), 0);
    assert_int_equal(wire_print_bare(&buffer, wire_shape_find(&wire_url_shape, "job"), &url), 0);
    assert_int_equal(wire_print_bare(&buffer, wire_shape_find(&wire_url_shape, "label"), &url), 0);
    assert_int_equal(wire_print_bare(&buffer, wire_shape_find(&wire_url_shape, "line"), &url), 0);
    assert_int_equal(wire_print_bare(&buffer, wire_shape_find(&wire_url_shape, "seconds"), &url), 0);
    assert_text(&buffer, "a \"b\"70.25");
}

static void message_beyond_the_frame_leaves_the_buffer_as_it_was(void **state)
{
    static char long_text[WIRE_MAX_FRAME];
    const struct wire_ping_out out = {.version = long_text};
    struct buffer buffer = {0};

    memset(long_text, 'x', sizeof(long_text) - 1);
    assert_int_equal(buffer_append_text(&buffer, "before"), 0);

    assert_int_equal(wire_encode_reply(&buffer, &wire_ping_out_shape, &out, false), -EMSGSIZE);
    assert_text(&buffer, "before");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(call_has_flags_only_when_set),
        cmocka_unit_test(parameters_that_are_null_are_left_out_of_calls),
        cmocka_unit_test(replies_print_null_where_the_shape_is_to_be_stable),
        cmocka_unit_test(errors_have_their_own_parameters_alone),
        cmocka_unit_test(strings_are_escaped_as_json_wants),
        cmocka_unit_test(bytes_that_are_no_utf8_become_replacement_characters),
        cmocka_unit_test(floats_are_as_short_as_they_can_be),
        cmocka_unit_test(floats_of_few_digits_are_those_of_printf),
        cmocka_unit_test(floats_read_back_as_they_were),
        cmocka_unit_test(floats_have_a_point_in_every_locale),
        cmocka_unit_test(bare_values_are_unquoted_and_empty_when_null),
        cmocka_unit_test(message_beyond_the_frame_leaves_the_buffer_as_it_was),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
