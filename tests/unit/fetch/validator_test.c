#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "fetch/validator.h"
#include <cmocka.h>
#include <curl/curl.h>

static bool is_etag(const char *text)
{
    return validator_is_etag(text, strlen(text));
}

static bool is_date(const char *text)
{
    return validator_is_date(text, strlen(text));
}

static void weak_and_strong_entity_tags_are_taken(void **state)
{
    assert_true(is_etag("\"\""));
    assert_true(is_etag("W/\"\""));
    assert_true(is_etag("\"686897696a7c876b7e\""));
    assert_true(is_etag("W/\"a,b;c='d'\\\""));
}

static void what_is_no_entity_tag_is_not_sent_back(void **state)
{
    static const char *const texts[] = {"", "\"", "W/", "W/\"", "abc", "w/\"a\"", "\"a\" ", " \"a\"",
        "\"a b\"", "\"a\"b\"", "\"a\", \"b\"", "*", "\"a", "a\"", "\"a\rX: y\"", "\"a\nX: y\"", "\"a\tb\"",
        "\"\x7f\"", "\"\xc3\xa4\""};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_false(is_etag(texts[i]));
    assert_false(validator_is_etag("\"a\0b\"", 5));
}

static void length_of_an_entity_tag_is_bounded(void **state)
{
    char text[VALIDATOR_MAX + 1];

    memset(text, 'a', sizeof(text));
    text[0] = text[VALIDATOR_MAX - 1] = text[VALIDATOR_MAX] = '"';

    assert_true(validator_is_etag(text, VALIDATOR_MAX));
    text[VALIDATOR_MAX - 1] = 'a';
    assert_false(validator_is_etag(text, VALIDATOR_MAX + 1));
}

static void dates_of_all_three_forms_are_taken_and_nothing_else(void **state)
{
    assert_true(is_date("Sun, 06 Nov 1994 08:49:37 GMT"));
    assert_true(is_date("Sunday, 06-Nov-94 08:49:37 GMT"));
    assert_true(is_date("Sun Nov  6 08:49:37 1994"));
    assert_false(is_date(""));
    assert_false(is_date("yesterday"));
    assert_false(is_date("Sun, 06 Nov 1994 08:49:37 GMT\r\nX: y"));
    assert_false(is_date("Sun, 06 Nov 1994 08:49:37 GMT                                            "));
}

/* Almost every date comes in one form, which is read in another way: it must not take more. */
static void what_is_almost_a_date_is_none(void **state)
{
    static const char *const texts[] = {"Sux, 06 Nov 1994 08:49:37 GMT", "Sun, 06 Nox 1994 08:49:37 GMT",
        "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Nov 1994 08:60:37 GMT",
        "Sun, 06 Nov 199a 08:49:37 GMT"};

    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        assert_int_equal(is_date(texts[i]), curl_getdate(texts[i], NULL) != -1);
    assert_false(is_date(texts[1]));
    assert_false(is_date(texts[3]));
    assert_true(is_date("Thu, 29 Feb 2024 23:59:59 GMT"));
    assert_true(is_date("Thu, 01 Jan 1970 00:00:00 GMT"));
}

static void entity_tags_are_compared_weakly(void **state)
{
    assert_true(validator_etags_match("\"a\"", "\"a\""));
    assert_true(validator_etags_match("W/\"a\"", "\"a\""));
    assert_true(validator_etags_match("W/\"a\"", "W/\"a\""));
    assert_false(validator_etags_match("\"a\"", "\"b\""));
    assert_false(validator_etags_match("W/\"a\"", "\"A\""));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(weak_and_strong_entity_tags_are_taken),
        cmocka_unit_test(what_is_no_entity_tag_is_not_sent_back),
        cmocka_unit_test(length_of_an_entity_tag_is_bounded),
        cmocka_unit_test(dates_of_all_three_forms_are_taken_and_nothing_else),
        cmocka_unit_test(what_is_almost_a_date_is_none),
        cmocka_unit_test(entity_tags_are_compared_weakly),
    };

    return cmocka_run_group_tests_name("fetch validator", tests, NULL, NULL);
}
