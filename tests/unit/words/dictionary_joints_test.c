#include "cmocka_words.h"
#include "words/dictionary_joints.h"
#include "words/key.h"

static bool may_join(const uint16_t *text, size_t at)
{
    bool joins[256] = {false};
    size_t n = 0;

    while (text[n])
        n++;
    joints_find(text, n, joins);
    return joins[at];
}

static void words_of_the_dictionary_are_held_together(void **state)
{
    /* "Japan", "library", "eat" */
    assert_true(may_join(u"\u65E5\u672C", 1));
    assert_true(may_join(u"\u56F3\u66F8\u9928", 1));
    assert_true(may_join(u"\u56F3\u66F8\u9928", 2));
    assert_true(may_join(u"\u306E\u65E5\u672C\u3092", 2));
    assert_true(may_join(u"\u98DF\u3079\u308B", 1));
}

static void katakana_is_held_together(void **state)
{
    assert_true(may_join(u"\u30F2\u30F2", 1));
    assert_true(may_join(u"\u30FC\u30FA", 1));
}

static void what_no_word_has_side_by_side_is_cut(void **state)
{
    assert_false(may_join(u"\u65E5\u672C\u3092", 2));
    assert_false(may_join(u"\u30AB\u3092", 1));
    assert_false(may_join(u"\u3092\u9F98", 1));
}

/* What is between two places does not matter, however many there are. */
static void places_of_long_texts_are_as_those_of_short_ones(void **state)
{
    enum {
        N = 199
    };
    static const uint16_t pieces[] = u"\u65E5\u672C\u8A9E\u3092\u306E\u30AB\u30FC\u56F3\u66F8\u9928";
    bool joins[N];
    uint16_t text[N];

    for (size_t i = 0; i < N; i++)
        text[i] = pieces[(i * i + i / 3) % 10];
    joints_find(text, N, joins);
    for (size_t at = 2; at + 2 <= N; at++) {
        bool few[4];

        joints_find(text + at - 2, 4, few);
        assert_int_equal(joins[at], few[2]);
    }
}

static void plain_characters_are_their_own_keys(void **state)
{
    for (uint32_t c = 0; c < 0x10000; c++)
        if (joints_is_plain(c))
            assert_int_equal(key_simple(c), c);
}

static void marks_and_other_scripts_are_not_plain(void **state)
{
    static const uint32_t plain[] = {0x3400, 0x4E00, 0x9FFF, 0x3041, 0x3096, 0x30A1, 0x30FC},
                          others[] = {'a', 0x3005, 0x3099, 0x309B, 0x309D, 0x30A0, 0x30FB, 0x30FD, 0xAC00,
                              0xFF71, 0xF900, 0x20000};

    for (size_t i = 0; i < sizeof(plain) / sizeof(*plain); i++)
        assert_true(joints_is_plain(plain[i]));
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
        assert_false(joints_is_plain(others[i]));
}

static int load(void **state)
{
    if (load_words(state) != 0)
        return -1;
    joints_load();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_the_dictionary_are_held_together),
        cmocka_unit_test(katakana_is_held_together),
        cmocka_unit_test(places_of_long_texts_are_as_those_of_short_ones),
        cmocka_unit_test(plain_characters_are_their_own_keys),
        cmocka_unit_test(what_no_word_has_side_by_side_is_cut),
        cmocka_unit_test(marks_and_other_scripts_are_not_plain),
    };

    return cmocka_run_group_tests(tests, load, NULL);
}
