#include "cmocka_words.h"

static const char *key_of(const char *text)
{
    static char key[WORDS_MAX_KEY + 1];
    size_t size;

    assert_int_equal(words_key(text, strlen(text), key, &size), 0);
    key[size] = '\0';
    return key;
}

static void case_and_form_do_not_matter(void **state)
{
    assert_string_equal(key_of("Straße"), "straße");
    assert_string_equal(key_of("\u0401"), "\u0451");
    assert_string_equal(key_of("\u0415\u0308"), "\u0451");
    assert_string_equal(key_of("\uFF26\uFF2F\uFF2F"), "foo");
    assert_string_equal(key_of("\uFF76\uFF9E"), "\u30AC");
    assert_string_equal(key_of("\uFB01ne"), "fine");
    assert_string_equal(key_of("\u212Aelvin"), "kelvin");
}

static void final_sigma_is_right(void **state)
{
    assert_string_equal(key_of("\u039F\u0394\u039F\u03A3"), "\u03BF\u03B4\u03BF\u03C2");
    assert_string_equal(key_of("\u03A3\u0391"), "\u03C3\u03B1");
}

static void lower_case_is_the_root_locales(void **state)
{
    assert_string_equal(key_of("I"), "i");
    assert_string_equal(key_of("\u0130"), "i\u0307");
}

static void apostrophes_are_one(void **state)
{
    assert_string_equal(key_of("don\u2019t"), "don't");
}

static void ignorable_characters_are_removed(void **state)
{
    assert_string_equal(key_of("foo\u00ADbar"), "foobar");
    assert_string_equal(key_of("\u200Efoo\uFE0F"), "foo");
    assert_string_equal(key_of("\u00AD"), "");
}

static void joiners_stay_between_other_characters(void **state)
{
    assert_string_equal(key_of("\u0645\u06CC\u200C\u062E"), "\u0645\u06CC\u200C\u062E");
    assert_string_equal(key_of("\u200D\u0645\u200C"), "\u0645");
    assert_string_equal(key_of("\u00AD\u200D\u0645"), "\u0645");
}

static void spaces_are_removed(void **state)
{
    assert_string_equal(key_of("12\u202F345"), "12345");
    assert_string_equal(key_of("\uFDFA"),
        "\u0635\u0644\u0649\u0627\u0644\u0644\u0647\u0639\u0644\u064A\u0647\u0648\u0633\u0644"
        "\u0645");
}

static void only_the_first_code_points_count(void **state)
{
    char text[2000] = "";

    for (int i = 0; i < 300; i++)
        strcat(text, "\u00E9");
    assert_int_equal(strlen(key_of(text)), 512);
}

static void longest_key_fits(void **state)
{
    char text[3 * 300] = "";

    for (int i = 0; i < 256; i++)
        strcat(text, "\uFDFA");
    assert_int_equal(strlen(key_of(text)), 256 * 30);
}

static void malformed_text_is_replaced(void **state)
{
    assert_string_equal(key_of("a\xFFz"), "a\uFFFDz");
    assert_string_equal(key_of("\xE2\x82"), "\uFFFD");
}

static void nothing_has_no_key(void **state)
{
    assert_string_equal(key_of(""), "");
}

static void key_of_a_key_is_the_key(void **state)
{
    static const char *const words[] = {"Stra\u00DFe", "\u0130", "\u1E9E", "\u03AA\u0301", "\uFDFA", "\u3333",
        "a\u200Db", "\u0132", "\u01C5", "\u1FBC", "\u2126", "\uFF21\u0301", "\u00C5ngstr\u00F6m",
        "\U00010400"};

    for (size_t i = 0; i < sizeof(words) / sizeof(*words); i++) {
        char first[WORDS_MAX_KEY + 1];

        snprintf(first, sizeof(first), "%s", key_of(words[i]));
        assert_string_equal(key_of(first), first);
    }
}

static void letters_are_told_from_numbers(void **state)
{
    assert_true(words_key_has_letter("a1", 2));
    assert_true(words_key_has_letter("1\u00E9", 3));
    assert_true(words_key_has_letter("\u6F22", 3));
    assert_false(words_key_has_letter("1,000", 5));
    assert_false(words_key_has_letter("\u0661", 2));
    assert_false(words_key_has_letter("", 0));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_and_form_do_not_matter),
        cmocka_unit_test(final_sigma_is_right),
        cmocka_unit_test(lower_case_is_the_root_locales),
        cmocka_unit_test(apostrophes_are_one),
        cmocka_unit_test(ignorable_characters_are_removed),
        cmocka_unit_test(joiners_stay_between_other_characters),
        cmocka_unit_test(spaces_are_removed),
        cmocka_unit_test(only_the_first_code_points_count),
        cmocka_unit_test(longest_key_fits),
        cmocka_unit_test(malformed_text_is_replaced),
        cmocka_unit_test(nothing_has_no_key),
        cmocka_unit_test(key_of_a_key_is_the_key),
        cmocka_unit_test(letters_are_told_from_numbers),
    };

    return cmocka_run_group_tests(tests, load_words, NULL);
}
