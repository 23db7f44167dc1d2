#include "cmocka_counts.h"
#include "counts/filter.h"
#include "counts/rank.h"

static bool passes(const struct counts_filter *filter, const char *word)
{
    return counts_filter_passes(filter, word, (uint32_t)strlen(word));
}

static bool glob(const char *pattern, const char *word)
{
    return counts_glob_matches(pattern, word, (uint32_t)strlen(word));
}

static void without_conditions_every_word_passes(void **state)
{
    assert_true(passes(&(struct counts_filter){0}, "1"));
}

static void length_is_in_code_points(void **state)
{
    struct counts_filter filter = {.min_length = 3};

    assert_true(passes(&filter, "abc"));
    assert_true(passes(&filter, "\u00E9\u00E9\u00E9"));
    assert_false(passes(&filter, "\u00E9\u00E9"));
}

static void numbers_are_words_without_a_letter(void **state)
{
    struct counts_filter filter = {.no_numbers = true};

    assert_false(passes(&filter, "1,000"));
    assert_false(passes(&filter, "\u0661\u0662"));
    assert_true(passes(&filter, "a1"));
    assert_true(passes(&filter, "\u6F22"));
}

static void one_glob_of_several_suffices(void **state)
{
    const char *const globs[] = {"un*", "*ed"};
    struct counts_filter filter = {.matches = globs, .n_matches = 2};

    assert_true(passes(&filter, "untie"));
    assert_true(passes(&filter, "tied"));
    assert_false(passes(&filter, "tie"));
}

static void stars_and_question_marks_stand_for_characters(void **state)
{
    assert_true(glob("", ""));
    assert_true(glob("*", ""));
    assert_true(glob("a*b*c", "axxbyyc"));
    assert_true(glob("*abc", "ababc"));
    assert_true(glob("**", "x"));
    assert_true(glob("caf?", "caf\u00E9"));
    assert_false(glob("?", ""));
    assert_false(glob("a", "ab"));
    assert_false(glob("a*b", "ac"));
    assert_false(glob("", "a"));
}

static void sets_stand_for_one_of_their_characters(void **state)
{
    assert_true(glob("[abc]", "b"));
    assert_true(glob("[a-c]x", "bx"));
    assert_true(glob("[\u0430-\u044F]*", "\u0436"));
    assert_true(glob("[!a-c]", "d"));
    assert_true(glob("[^a]", "\u00E9"));
    assert_true(glob("[]]", "]"));
    assert_true(glob("[a-]", "-"));
    assert_false(glob("[a-c]", "d"));
    assert_false(glob("[!a]", "a"));
}

static void set_without_an_end_is_itself(void **state)
{
    assert_true(glob("[abc", "[abc"));
    assert_true(glob("[", "["));
    assert_false(glob("[abc", "a"));
}

static void many_stars_do_not_take_for_ever(void **state)
{
    char pattern[202], word[5001];

    for (size_t i = 0; i < 100; i++)
        memcpy(pattern + 2 * i, "*a", 2);
    memcpy(pattern + 200, "b", 2);
    memset(word, 'a', sizeof(word) - 1);
    word[sizeof(word) - 1] = '\0';

    assert_false(glob(pattern, word));
}

static void excluded_words_take_no_part_and_their_beginnings_and_ends_do(void **state)
{
    static const char *const words[] = {"a", "and", "the"};
    const struct counts_filter filter = {.excluded = words, .n_excluded = 3};

    assert_false(counts_filter_passes(&filter, "a", 1));
    assert_false(counts_filter_passes(&filter, "the", 3));
    assert_true(counts_filter_passes(&filter, "th", 2));
    assert_true(counts_filter_passes(&filter, "then", 4));
    assert_true(counts_filter_passes(&filter, "z", 1));
    assert_true(counts_filter_passes(&filter, "0", 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_conditions_every_word_passes),
        cmocka_unit_test(length_is_in_code_points),
        cmocka_unit_test(numbers_are_words_without_a_letter),
        cmocka_unit_test(one_glob_of_several_suffices),
        cmocka_unit_test(stars_and_question_marks_stand_for_characters),
        cmocka_unit_test(sets_stand_for_one_of_their_characters),
        cmocka_unit_test(set_without_an_end_is_itself),
        cmocka_unit_test(many_stars_do_not_take_for_ever),
        cmocka_unit_test(excluded_words_take_no_part_and_their_beginnings_and_ends_do),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
