#include "cmocka_words.h"
#include "words/style.h"

static bool hides(const char *declarations)
{
    return style_hides(declarations, strlen(declarations));
}

static void display_none_hides(void **state)
{
    assert_true(hides("display:none"));
    assert_true(hides(" DISPLAY : None ; "));
    assert_true(hides("color: red; display: none; margin: 0"));
    assert_true(hides("display/**/:/* x */none"));
    assert_true(hides("display: none !important"));
    assert_true(hides("display: block; display: none"));
    assert_true(hides("display: none ! important; display: block"));
}

static void all_else_does_not(void **state)
{
    assert_false(hides(""));
    assert_false(hides("display"));
    assert_false(hides("display:"));
    assert_false(hides("display: block"));
    assert_false(hides("display: none; display: block"));
    assert_false(hides("x-display: none"));
    assert_false(hides("display: nonesuch"));
    assert_false(hides("/* display: none */"));
    assert_false(hides("content: 'display: none'"));
    assert_false(hides("content: '; display: none'"));
    assert_false(hides("background: url(;display:none)"));
    assert_false(hides("a: '\\'; display: none"));
    assert_false(hides("/*"));
    assert_false(hides("'"));
    assert_false(hides("\\"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(display_none_hides),
        cmocka_unit_test(all_else_does_not),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
