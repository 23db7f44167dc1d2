#include "cmocka_words.h"

struct output {
    char text[1024];
    size_t size;
    int fail_with;
};

static int collect(void *userdata, const char *utf8, size_t size)
{
    struct output *output = userdata;

    assert_true(output->size + size < sizeof(output->text));
    memcpy(output->text + output->size, utf8, size);
    output->size += size;
    output->text[output->size] = '\0';
    return output->fail_with;
}

static void assert_text_of(enum words_type type, const char *page, size_t size, const char *expected)
{
    for (size_t step = 1; step <= size + 1; step++) {
        struct words_options options = {.type = type, .charset = "utf-8"};
        struct output output = {0};
        struct words_text *text;

        assert_int_equal(words_text_new(&options, collect, &output, &text), 0);
        for (size_t at = 0; at < size; at += step)
            assert_int_equal(words_text_feed(text, page + at, size - at < step ? size - at : step), 0);
        assert_int_equal(words_text_finish(text), 0);
        words_text_free(text);
        assert_string_equal(output.text, expected);
    }
}

static void assert_text(const char *html, const char *expected)
{
    assert_text_of(WORDS_HTML, html, strlen(html), expected);
}

static void blocks_stand_on_lines_of_their_own(void **state)
{
    assert_text("<title>t</title><p>a<p>b<div><div>c</div></div>d", "t\na\nb\nc\nd\n");
    assert_text("a<br>b<br><br>c", "a\nb\nc\n");
    assert_text("<ul><li>a</li>\n<li>b</li></ul>", "a\nb\n");
}

static void white_space_is_collapsed(void **state)
{
    assert_text("  a \n\t b  c  ", "a b c\n");
    assert_text("<p> a <b> b</b> </p> <p> c", "a b\nc\n");
    assert_text("a<b> </b>c", "a c\n");
}

static void cells_are_a_tab_apart_and_boxes_a_space(void **state)
{
    assert_text("<table><tr><td>a</td> <td>b<tr><td>c", "a\tb\nc\n");
    assert_text("a<img>b<input>c", "a b c\n");
}

static void preformatted_lines_are_kept(void **state)
{
    assert_text("<pre>a  b\n  c\r\nd\re</pre>f", "a  b\n  c\nd\ne\nf\n");
    assert_text("<pre>a&#13;b</pre>", "a\nb\n");
}

static void nothing_gives_nothing(void **state)
{
    assert_text("", "");
    assert_text("<p> <br> </p>", "");
}

static void plain_text_stays_as_it_is(void **state)
{
    assert_text_of(WORDS_TEXT, " a\t<b>\n\nc", 9, " a\t<b>\n\nc\n");
}

static void text_does_not_begin_like_a_byte_order_mark(void **state)
{
    assert_text("&#xFEFF;a", "\n\uFEFFa\n");
}

static void failure_of_the_sink_is_handed_up(void **state)
{
    struct words_options options = {.type = WORDS_TEXT};
    struct output output = {.fail_with = -28};
    struct words_text *text;

    assert_int_equal(words_text_new(&options, collect, &output, &text), 0);
    assert_int_equal(words_text_feed(text, "a", 1), 0);
    assert_int_equal(words_text_finish(text), -28);
    words_text_free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_stand_on_lines_of_their_own),
        cmocka_unit_test(white_space_is_collapsed),
        cmocka_unit_test(cells_are_a_tab_apart_and_boxes_a_space),
        cmocka_unit_test(preformatted_lines_are_kept),
        cmocka_unit_test(nothing_gives_nothing),
        cmocka_unit_test(plain_text_stays_as_it_is),
        cmocka_unit_test(text_does_not_begin_like_a_byte_order_mark),
        cmocka_unit_test(failure_of_the_sink_is_handed_up),
    };

    return cmocka_run_group_tests(tests, load_words, NULL);
}
