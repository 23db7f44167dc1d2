#include "cmocka_words.h"
#include "words/dictionary_joints.h"

static bool may_join(const uint16_t *text, size_t at)
{
    size_t n = 0;

    while (text[n])
        n++;
    return joints_may_join(text, n, at);
}

static void words_of_the_dictionary_are_held_together(void **state)
{
    /* "Japan", "library", "eat" */
    assert_true(may_join(u"\u65E5\u672C", 1));
    assert_true(may_join(u"\u56F3\u66F8\u9928", 1));
    assert_true(may_join(u"\u56F3\u66F8\u9928", 2));
    assert_true(may_join(u"\u306E\u65E5\u672C\u3092", 2));
    assert_true(may_join(u"\u98DF\u3079", 1));
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
    joints_load();
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_of_the_dictionary_are_held_together),
        cmocka_unit_test(katakana_is_held_together),
        cmocka_unit_test(what_no_word_has_side_by_side_is_cut),
        cmocka_unit_test(marks_and_other_scripts_are_not_plain),
    };

    return cmocka_run_group_tests(tests, load, NULL);
}
