#include "ctl/join.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

static struct wire_group_word words[] = {{1, "a", 9}, {2, "b", 8}, {3, "c", 7}, {4, "d", 6}};

/* `n` words of the group of this host, from the first-th on. */
static struct wire_group piece(const char *host, size_t first, size_t n)
{
    return (struct wire_group){
        .host = host, .tokens = 30, .distinct = 4, .words = words + first, .n_words = n};
}

/* What comes out of a part: "host:abc " for each group. */
static const char *take(struct join *join, const struct wire_group *groups, size_t n, bool last)
{
    static char text[256];
    const struct wire_group *whole = NULL;
    size_t n_whole = 0;

    text[0] = '\0';
    assert_int_equal(join_take(join, groups, n, last, &whole, &n_whole), 0);
    for (size_t i = 0; i < n_whole; i++) {
        strcat(strcat(text, whole[i].host ? whole[i].host : "none"), ":");
        for (size_t k = 0; k < whole[i].n_words; k++)
            strcat(text, whole[i].words[k].word);
        strcat(text, " ");
    }
    return text;
}

static void group_that_was_cut_is_one_again(void **state)
{
    const struct wire_group first[] = {piece("x", 0, 4), piece("y", 0, 2)};
    const struct wire_group second[] = {piece("y", 2, 1)};
    const struct wire_group third[] = {piece("y", 3, 1), piece("z", 0, 1)};
    struct join join = {0};

    assert_string_equal(take(&join, first, 2, false), "x:abcd ");
    assert_string_equal(take(&join, second, 1, false), "");
    assert_string_equal(take(&join, third, 2, true), "y:abcd z:a ");
    assert_false(join.holds);
    join_deinit(&join);
}

static void group_that_ended_with_its_part_comes_with_the_next(void **state)
{
    const struct wire_group first[] = {piece("x", 0, 1)};
    const struct wire_group second[] = {piece("y", 0, 1)};
    struct join join = {0};

    assert_string_equal(take(&join, first, 1, false), "");
    assert_string_equal(take(&join, second, 1, false), "x:a ");
    assert_string_equal(take(&join, NULL, 0, true), "y:a ");
    join_deinit(&join);
}

static void pages_without_a_label_are_a_group_of_their_own(void **state)
{
    const struct wire_group first[] = {piece(NULL, 0, 1)};
    const struct wire_group second[] = {piece(NULL, 1, 1), piece("", 0, 1)};
    struct join join = {0};

    assert_string_equal(take(&join, first, 1, false), "");
    assert_string_equal(take(&join, second, 2, true), "none:ab :a ");
    join_deinit(&join);
}

static void nothing_gives_nothing(void **state)
{
    struct join join = {0};

    assert_string_equal(take(&join, NULL, 0, true), "");
    join_deinit(&join);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(group_that_was_cut_is_one_again),
        cmocka_unit_test(group_that_ended_with_its_part_comes_with_the_next),
        cmocka_unit_test(pages_without_a_label_are_a_group_of_their_own),
        cmocka_unit_test(nothing_gives_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
