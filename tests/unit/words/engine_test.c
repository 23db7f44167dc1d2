#include "cmocka_words.h"

static void engine_is_named(void **state)
{
    const struct words_engine *engine = words_engine();

    assert_true(strlen(engine->id) > 0);
    assert_int_equal(strspn(engine->id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-"),
        strlen(engine->id));
    assert_true(strlen(engine->rules_version) > 0);
    assert_true(strlen(engine->icu_version) > 0);
    assert_true(strlen(engine->unicode_version) > 0);
    assert_int_equal(strlen(engine->dictionary_hash), 16);
    assert_int_equal(strspn(engine->dictionary_hash, "0123456789abcdef"), 16);
}

static void id_has_all_that_counts_depend_on(void **state)
{
    const struct words_engine *engine = words_engine();
    char hash[9];

    snprintf(hash, sizeof(hash), "%.8s", engine->dictionary_hash);
    assert_non_null(strstr(engine->id, engine->icu_version));
    assert_non_null(strstr(engine->id, hash));
    assert_int_equal(strncmp(engine->id, engine->rules_version, strlen(engine->rules_version)), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(engine_is_named),
        cmocka_unit_test(id_has_all_that_counts_depend_on),
    };

    return cmocka_run_group_tests(tests, load_words, NULL);
}
