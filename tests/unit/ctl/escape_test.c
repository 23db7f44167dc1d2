#include "base/cleanup.h"
#include "ctl/escape.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void assert_escaped(const char *text, size_t size, const char *expected)
{
    CLEANUP(buffer_deinit) struct buffer buffer = {0};

    assert_int_equal(escape_append(&buffer, text, size), 0);
    assert_int_equal(buffer_append(&buffer, "", 1), 0);
    assert_string_equal((const char *)buffer.bytes, expected);
}

static void letters_of_any_script_stay(void **state)
{
    const char *text = "word слово 漢字 كلمة 👍 e\u0301 a\u200db";

    assert_escaped(text, strlen(text), text);
}

static void control_characters_become_escapes(void **state)
{
    assert_escaped("a\x1b[31m\tb\nc\r\x7f", 12, "a\\u001b[31m\\tb\\nc\\r\\u007f");
    assert_escaped("\xc2\x9b", 2, "\\u009b");
    assert_escaped("a\0b", 3, "a\\u0000b");
}

static void changes_of_direction_and_invisible_characters_become_escapes(void **state)
{
    assert_escaped("\u202egpj.exe\u2066", 13, "\\u202egpj.exe\\u2066");
    assert_escaped("\u2028\ufeff", 6, "\\u2028\\ufeff");
    assert_escaped("\U000e0041", 4, "\\U000e0041");
}

static void bytes_that_are_no_utf8_become_escapes(void **state)
{
    assert_escaped("a\xff"
                   "b",
        3, "a\\xffb");
    assert_escaped("\xe6\xbc", 2, "\\xe6\\xbc");
    assert_escaped("\xed\xa0\x80", 3, "\\xed\\xa0\\x80");
}

static void nothing_stays_nothing(void **state)
{
    assert_escaped("", 0, "");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(letters_of_any_script_stay),
        cmocka_unit_test(control_characters_become_escapes),
        cmocka_unit_test(changes_of_direction_and_invisible_characters_become_escapes),
        cmocka_unit_test(bytes_that_are_no_utf8_become_escapes),
        cmocka_unit_test(nothing_stays_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
