#include "cmocka_words.h"
#include "words/reference.h"

/* The text of what follows an ampersand, with what the reference left over. */
static const char *resolved(const char *rest, bool in_attribute)
{
    static char text[256];
    struct reference reference;
    size_t size;

    reference_begin(&reference, in_attribute);
    while (reference_feed(&reference, *rest ? (uint8_t)*rest : -1, (uint8_t *)text, &size)) {
        assert_true(*rest);
        rest++;
    }
    snprintf(text + size, sizeof(text) - size, "|%s", rest);
    return text;
}

static void named_references_resolve(void **state)
{
    assert_string_equal(resolved("amp;x", false), "&|x");
    assert_string_equal(resolved("rsquo;t", false), "\u2019|t");
    assert_string_equal(resolved("CounterClockwiseContourIntegral;", false), "\u2233|");
    assert_string_equal(resolved("NotEqualTilde;", false), "\u2242\u0338|");
    assert_string_equal(resolved("Afr;", false), "\U0001D504|");
}

static void longest_name_without_semicolon_counts(void **state)
{
    assert_string_equal(resolved("eacutex", false), "\u00E9|x");
    assert_string_equal(resolved("notit;", false), "\u00ACi|t;");
    assert_string_equal(resolved("notin;", false), "\u2209|");
    assert_string_equal(resolved("ampamp", false), "&|amp");
    assert_string_equal(resolved("not", false), "\u00AC|");
}

static void unknown_names_stay_as_they_are(void **state)
{
    assert_string_equal(resolved("xyzzy;", false), "&x|yzzy;");
    assert_string_equal(resolved("", false), "&|");
    assert_string_equal(resolved(" amp", false), "&| amp");
    assert_string_equal(
        resolved("CounterClockwiseContourIntegral", false), "&CounterClockwiseContourIntegral|");
}

static void attributes_keep_what_may_be_a_url(void **state)
{
    assert_string_equal(resolved("copy=1", true), "&copy|=1");
    assert_string_equal(resolved("copyright", true), "&copy|right");
    assert_string_equal(resolved("copy;=", true), "\u00A9|=");
    assert_string_equal(resolved("copy&", true), "\u00A9|&");
    assert_string_equal(resolved("copy", true), "\u00A9|");
}

static void numbers_resolve(void **state)
{
    assert_string_equal(resolved("#65;b", false), "A|b");
    assert_string_equal(resolved("#65b", false), "A|b");
    assert_string_equal(resolved("#x41;", false), "A|");
    assert_string_equal(resolved("#X1f600", false), "\U0001F600|");
    assert_string_equal(resolved("#65;;", false), "A|;");
    assert_string_equal(resolved("#00000000000000000000065;", false), "A|");
}

static void numbers_that_are_no_characters_are_replaced(void **state)
{
    assert_string_equal(resolved("#0;", false), "\uFFFD|");
    assert_string_equal(resolved("#xD800;", false), "\uFFFD|");
    assert_string_equal(resolved("#x110000;", false), "\uFFFD|");
    assert_string_equal(resolved("#99999999999999999999;", false), "\uFFFD|");
    assert_string_equal(resolved("#150;", false), "\u2013|");
    assert_string_equal(resolved("#x81;", false), "\xC2\x81|");
}

static void hash_without_number_stays(void **state)
{
    assert_string_equal(resolved("#", false), "&#|");
    assert_string_equal(resolved("#;", false), "&#|;");
    assert_string_equal(resolved("#x", false), "&#x|");
    assert_string_equal(resolved("#Xg", false), "&#X|g");
}

static void whole_references_are_those_that_arrive_byte_by_byte(void **state)
{
    static const char *const names[] = {
#define REFERENCE(name, text) name,
#include "words/references.inc"
#undef REFERENCE
        "#65;", "#0;", "#x80;", "#X9f;", "#xD800;", "#x110000", "#x10FFF;", "#;", "#x;", "#x", "#", "#12a;",
        "x;", ";", "", "AMP;;"};
    size_t n_whole = 0;

    reference_init();
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
        char padded[64] = {0}, expected[256];
        uint8_t text[REFERENCE_MAX_TEXT];
        size_t size, text_size;

        snprintf(padded, sizeof(padded), "%s and more", names[i]);
        size = reference_whole((const uint8_t *)padded, text, &text_size);
        if (size == 0)
            continue;
        n_whole++;
        snprintf(expected, sizeof(expected), "%.*s|%s", (int)text_size, (const char *)text, padded + size);
        assert_string_equal(resolved(padded, false), expected);
    }
    assert_true(n_whole > 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(named_references_resolve),
        cmocka_unit_test(longest_name_without_semicolon_counts),
        cmocka_unit_test(unknown_names_stay_as_they_are),
        cmocka_unit_test(attributes_keep_what_may_be_a_url),
        cmocka_unit_test(numbers_resolve),
        cmocka_unit_test(numbers_that_are_no_characters_are_replaced),
        cmocka_unit_test(hash_without_number_stays),
        cmocka_unit_test(whole_references_are_those_that_arrive_byte_by_byte),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
