#include "cmocka_words.h"
#include "words/cpu.h"

static void every_level_up_to_the_best_can_be_chosen(void **state)
{
    for (unsigned level = 0; level < CPU_N_LEVELS; level++) {
        int r = cpu_init(cpu_level_to_string((enum cpu_level)level));

        assert_int_equal(r, level <= cpu_best() ? 0 : -EOPNOTSUPP);
        if (r == 0)
            assert_int_equal(cpu_level(), level);
    }
}

static void the_best_is_chosen_without_a_wish(void **state)
{
    assert_int_equal(cpu_init("portable"), 0);
    assert_int_equal(cpu_init(NULL), 0);
    assert_int_equal(cpu_level(), cpu_best());
    assert_int_equal(cpu_init(""), 0);
    assert_int_equal(cpu_level(), cpu_best());
}

static void what_is_no_level_is_refused(void **state)
{
    assert_int_equal(cpu_init("AVX2"), -EINVAL);
    assert_int_equal(cpu_init("avx"), -EINVAL);
    assert_int_equal(cpu_init("portable "), -EINVAL);
}

static void words_take_the_level_that_the_environment_names(void **state)
{
    assert_int_equal(setenv("URLSTAT_CPU", "portable", 1), 0);
    assert_int_equal(words_init(), 0);
    assert_int_equal(cpu_level(), CPU_PORTABLE);
    assert_int_equal(setenv("URLSTAT_CPU", "6502", 1), 0);
    assert_int_equal(words_init(), -EINVAL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_level_up_to_the_best_can_be_chosen),
        cmocka_unit_test(the_best_is_chosen_without_a_wish),
        cmocka_unit_test(what_is_no_level_is_refused),
        cmocka_unit_test(words_take_the_level_that_the_environment_names),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
