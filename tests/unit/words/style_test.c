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

static void an_invalid_declaration_undoes_nothing(void **state)
{
    assert_true(hides("display:none;display:foo"));
    assert_true(hides("display:none;display:"));
    assert_true(hides("display:none;display:;"));
    assert_true(hides("display:none;display:block x"));
    assert_true(hides("display:none;display:block!x"));
    assert_true(hides("display:none;display:foo!important"));
    assert_true(hides("display:none;display:block/"));
    assert_true(hides("display:none;display:'block'"));
    assert_true(hides("display:none;display:blo/**/ck"));
    assert_true(hides("display:none;display:bl\\6fck"));
    assert_true(hides("display:block/*!*/;display:none"));
    assert_false(hides("display:block;display:none x"));
    assert_false(hides("display:block;display:none none"));
    assert_false(hides("display:block;display:none!x"));
    assert_false(hides("display:block!important;display:none"));
    assert_true(hides("display:block!important;display:none!important;display:block"));
}

static void keywords_stand_together_as_css_allows(void **state)
{
    static const char *const legal[] = {"block", "Inline-Block", "flow-root", "table", "block flow",
        "flow/**/block", "inline flex", "grid inline", "list-item", "list-item block",
        "flow-root inline list-item", "contents", "table-cell", "ruby-text-container", "inherit",
        "revert-layer", "-webkit-box", "block math", "var(--x)", "inline VAR(--x)", "env(x)"};
    static const char *const illegal[] = {"block inline", "block block", "flow flow-root", "flow grid",
        "list-item flex", "block contents", "none block", "inline-block flow", "inherit block",
        "block flow flow", "flow-", "bloc", "blocks", "-ms-flexbox", "foo(--x)", "xvar(--x)", "block, flow"};
    char style[128];

    for (size_t i = 0; i < sizeof(legal) / sizeof(*legal); i++) {
        snprintf(style, sizeof(style), "display:none;display:%s", legal[i]);
        assert_false(hides(style));
        snprintf(style, sizeof(style), "display:%s ! Important;display:none", legal[i]);
        assert_false(hides(style));
    }
    for (size_t i = 0; i < sizeof(illegal) / sizeof(*illegal); i++) {
        snprintf(style, sizeof(style), "display:none;display:%s", illegal[i]);
        assert_true(hides(style));
        snprintf(style, sizeof(style), "display:%s!important;display:none", illegal[i]);
        assert_true(hides(style));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(display_none_hides),
        cmocka_unit_test(all_else_does_not),
        cmocka_unit_test(an_invalid_declaration_undoes_nothing),
        cmocka_unit_test(keywords_stand_together_as_css_allows),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
