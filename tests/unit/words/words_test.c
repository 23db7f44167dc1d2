#include "cmocka_words.h"

static void types_that_are_counted_are_known(void **state)
{
    enum words_type type;

    assert_int_equal(words_type_from_mime("text/html", &type), 0);
    assert_int_equal(type, WORDS_HTML);
    assert_int_equal(words_type_from_mime(" Text/HTML ; charset=utf-8", &type), 0);
    assert_int_equal(type, WORDS_HTML);
    assert_int_equal(words_type_from_mime("application/xhtml+xml", &type), 0);
    assert_int_equal(type, WORDS_HTML);
    assert_int_equal(words_type_from_mime("text/plain;charset=x", &type), 0);
    assert_int_equal(type, WORDS_TEXT);
    assert_int_equal(words_type_from_mime(NULL, &type), 0);
    assert_int_equal(type, WORDS_AUTO);
    assert_int_equal(words_type_from_mime("", &type), 0);
    assert_int_equal(type, WORDS_AUTO);
}

static void other_types_are_refused(void **state)
{
    enum words_type type = WORDS_TEXT;

    assert_int_equal(words_type_from_mime("application/pdf", &type), -EPROTONOSUPPORT);
    assert_int_equal(words_type_from_mime("text/htmlx", &type), -EPROTONOSUPPORT);
    assert_int_equal(words_type_from_mime("text", &type), -EPROTONOSUPPORT);
    assert_int_equal(type, WORDS_TEXT);
}

static void charset_sources_have_names(void **state)
{
    assert_string_equal(words_charset_from_to_string(WORDS_CHARSET_BOM), "bom");
    assert_string_equal(words_charset_from_to_string(WORDS_CHARSET_HEADER), "header");
    assert_string_equal(words_charset_from_to_string(WORDS_CHARSET_META), "meta");
    assert_string_equal(words_charset_from_to_string(WORDS_CHARSET_UTF8), "utf-8");
    assert_string_equal(words_charset_from_to_string(WORDS_CHARSET_DETECTED), "detected");
}

static void charsets_are_known_by_their_labels(void **state)
{
    assert_true(words_charset_is_known("UTF-8"));
    assert_true(words_charset_is_known("latin1"));
    assert_false(words_charset_is_known("klingon"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_that_are_counted_are_known),
        cmocka_unit_test(other_types_are_refused),
        cmocka_unit_test(charset_sources_have_names),
        cmocka_unit_test(charsets_are_known_by_their_labels),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
