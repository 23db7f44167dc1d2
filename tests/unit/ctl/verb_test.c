/* The table of verbs keeps what the parser, --help and the manual rely on. */
#include "ctl/verb.h"

#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

static void names_and_aliases_are_each_there_once(void **state)
{
    for (const struct verb *verb = verbs; verb->name; verb++) {
        assert_ptr_equal(verb_find(verb->name), verb);
        if (verb->alias)
            assert_ptr_equal(verb_find(verb->alias), verb);
    }
    assert_null(verb_find("no-such-verb"));
    assert_null(verb_find(""));
}

static void every_verb_can_be_called_and_explained(void **state)
{
    for (const struct verb *verb = verbs; verb->name; verb++) {
        assert_non_null(verb->handler);
        assert_non_null(verb->group);
        assert_non_null(verb->options);
        assert_true(islower((unsigned char)verb->summary[0]));
        assert_true(verb->max_operands < 0 || verb->min_operands <= verb->max_operands);
        assert_int_equal(*verb->operands == '\0', verb->max_operands == 0);
    }
}

/* Calls `check` with each pair of options that a verb takes, the common ones among them. */
static void for_each_pair(
    const struct verb *verb, void (*check)(const struct verb_option *a, const struct verb_option *b))
{
    for (const struct verb_option *a = verb->options; a->name; a++) {
        for (const struct verb_option *b = a + 1; b->name; b++)
            check(a, b);
        for (const struct verb_option *b = common_options; b->name; b++)
            check(a, b);
    }
}

static void differ(const struct verb_option *a, const struct verb_option *b)
{
    assert_string_not_equal(a->name, b->name);
    assert_true(a->letter == 0 || a->letter != b->letter);
}

static void a_verb_has_each_option_and_letter_once(void **state)
{
    for (const struct verb *verb = verbs; verb->name; verb++)
        for_each_pair(verb, differ);
}

static void agree(const struct verb_option *a, const struct verb_option *b)
{
    if (a->letter != 0 && a->letter == b->letter)
        assert_string_equal(a->name, b->name);
    if (strcmp(a->name, b->name) != 0)
        return;
    assert_int_equal(a->argument == NULL, b->argument == NULL);
    /* The first verb's option stands for all of the name. */
    assert_true(b->letter == 0 || a->letter == b->letter);
}

/* Else `urlstatctl -k 5 top` could not be read before the verb is known. */
static void an_option_takes_an_argument_in_all_verbs_or_in_none(void **state)
{
    for (const struct verb *a = verbs; a->name; a++)
        for (const struct verb *b = a + 1; b->name; b++)
            for (const struct verb_option *option = a->options; option->name; option++)
                for (const struct verb_option *other = b->options; other->name; other++)
                    agree(option, other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_aliases_are_each_there_once),
        cmocka_unit_test(every_verb_can_be_called_and_explained),
        cmocka_unit_test(a_verb_has_each_option_and_letter_once),
        cmocka_unit_test(an_option_takes_an_argument_in_all_verbs_or_in_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
