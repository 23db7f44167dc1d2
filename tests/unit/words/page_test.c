#include "cmocka_words.h"

static struct words_page *begin(const struct words_options *options)
{
    struct words_page *page;

    assert_int_equal(words_page_new(&page), 0);
    assert_int_equal(words_page_begin(page, options), 0);
    return page;
}

static void finish(struct words_page *page, const char *bytes)
{
    struct words_counts *counts;

    assert_int_equal(words_page_feed(page, bytes, strlen(bytes)), 0);
    assert_int_equal(words_page_finish(page, &counts), 0);
    words_counts_free(counts);
}

static void words_are_counted_by_their_keys(void **state)
{
    assert_text_counts("The the THE \u0401\u0436 \u0435\u0308\u0436", "the=3 \u0451\u0436=2");
    assert_text_counts("don't don\u2019t", "don't=2");
    assert_text_counts("3.14 1,000 user@example.com", "1,000=1 3.14=1 user@example.com=1");
    assert_text_counts("... !? -- \u2014", "");
}

static void dictionaries_divide_what_has_no_spaces(void **state)
{
    assert_text_counts(
        "\u6F22\u5B57\u6587\u5B57\u30C6\u30B9\u30C8", "\u30C6\u30B9\u30C8=1 \u6587\u5B57=1 \u6F22\u5B57=1");
    assert_text_counts("\u0E01\u0E32\u0E23\u0E17\u0E14\u0E2A\u0E2D\u0E1A",
        "\u0E01\u0E32\u0E23=1 \u0E17\u0E14\u0E2A\u0E2D\u0E1A=1");
}

static void page_tells_what_it_was(void **state)
{
    struct words_options options = {.type = WORDS_AUTO};
    struct words_page *page = begin(&options);

    finish(page, "<!doctype html><meta charset=latin1><title> A \n <b>&eacute; </title><title>x</title>");

    assert_int_equal(words_page_type(page), WORDS_HTML);
    assert_string_equal(words_page_charset(page), "windows-1252");
    assert_int_equal(words_page_charset_from(page), WORDS_CHARSET_META);
    assert_string_equal(words_page_title(page), "A <b>\u00E9");
    assert_int_equal(words_page_replaced(page), 0);
    words_page_free(page);
}

static int feed_in_pieces(const struct words_options *options, const char *bytes, size_t size, size_t piece)
{
    struct words_page *page = begin(options);
    struct words_counts *counts;
    int r = 0;

    for (size_t i = 0; i < size && r == 0; i += piece)
        r = words_page_feed(page, bytes + i, piece < size - i ? piece : size - i);
    if (r == 0) {
        assert_int_equal(words_page_finish(page, &counts), 0);
        words_counts_free(counts);
    }
    words_page_free(page);
    return r;
}

static void binary_is_refused_where_it_is_asked_for_however_it_is_cut(void **state)
{
    static const struct words_options refuse = {.type = WORDS_AUTO, .refuse_binary = true},
                                      read = {.type = WORDS_AUTO},
                                      text = {.type = WORDS_TEXT, .refuse_binary = true};
    static const size_t pieces[] = {1, 7, 511, 512, 513, 20000};
    char bytes[20000];

    memset(bytes, 'a', sizeof(bytes));
    for (size_t i = 0; i < sizeof(pieces) / sizeof(*pieces); i++) {
        assert_int_equal(feed_in_pieces(&refuse, "%PDF-1.4", 8, pieces[i]), -EMEDIUMTYPE);
        assert_int_equal(feed_in_pieces(&refuse, "<p>\0", 4, pieces[i]), 0);
        assert_int_equal(feed_in_pieces(&read, "%PDF-1.4", 8, pieces[i]), 0);
        assert_int_equal(feed_in_pieces(&text, "%PDF-1.4", 8, pieces[i]), 0);
        bytes[511] = 1;
        assert_int_equal(feed_in_pieces(&refuse, bytes, sizeof(bytes), pieces[i]), -EMEDIUMTYPE);
        bytes[511] = 'a';
        bytes[512] = 1;
        assert_int_equal(feed_in_pieces(&refuse, bytes, sizeof(bytes), pieces[i]), 0);
        bytes[512] = 'a';
    }
}

static void page_can_be_used_again(void **state)
{
    struct words_options html = {.type = WORDS_HTML, .charset = "utf-8"},
                         text = {.type = WORDS_TEXT, .charset = "koi8-r"};
    struct words_page *page = begin(&html);
    struct words_counts *counts;
    char *printed;

    assert_int_equal(words_page_feed(page, "<title>t</title><script>unfinished", 34), 0);
    assert_int_equal(words_page_begin(page, &text), 0);
    assert_int_equal(words_page_feed(page, "\xD2 <b>", 5), 0);
    assert_int_equal(words_page_finish(page, &counts), 0);

    printed = print_counts(counts);
    assert_string_equal(printed, "b=1 \u0440=1");
    assert_string_equal(words_page_title(page), "");
    assert_string_equal(words_page_charset(page), "koi8-r");
    assert_int_equal(words_page_charset_from(page), WORDS_CHARSET_HEADER);
    free(printed);
    words_counts_free(counts);
    words_page_free(page);
}

static void next_page_adds_to_the_words_of_the_pages_before(void **state)
{
    struct words_options html = {.type = WORDS_HTML, .charset = "utf-8"},
                         text = {.type = WORDS_TEXT, .charset = "koi8-r"};
    struct words_page *page = begin(&html);
    struct words_counts *counts;
    char *printed;

    assert_int_equal(words_page_next(page, &html), 0);
    assert_int_equal(words_page_feed(page, "<title>t</title>a b<script>unfinished", 37), 0);
    assert_int_equal(words_page_next(page, &text), 0);
    assert_int_equal(words_page_feed(page, "b \xD2 <b>", 7), 0);
    assert_int_equal(words_page_finish(page, &counts), 0);

    printed = print_counts(counts);
    assert_string_equal(printed, "a=1 b=3 t=1 \u0440=1");
    assert_string_equal(words_page_title(page), "");
    assert_string_equal(words_page_charset(page), "koi8-r");
    free(printed);
    words_counts_free(counts);
    words_page_free(page);
}

static void malformed_bytes_are_counted(void **state)
{
    struct words_options options = {.type = WORDS_TEXT, .charset = "utf-8"};
    struct words_page *page = begin(&options);

    finish(page, "a\xFF\xFE z\xC3");

    assert_int_equal(words_page_replaced(page), 3);
    words_page_free(page);
}

static void empty_page_has_no_words(void **state)
{
    assert_html_counts("", "");
    assert_text_counts("", "");
}

static void charset_is_copied(void **state)
{
    char charset[] = "koi8-r";
    struct words_options options = {.type = WORDS_TEXT, .charset = charset};
    struct words_page *page = begin(&options);

    memset(charset, 'x', sizeof(charset) - 1);
    finish(page, "a");

    assert_string_equal(words_page_charset(page), "koi8-r");
    words_page_free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_counted_by_their_keys),
        cmocka_unit_test(dictionaries_divide_what_has_no_spaces),
        cmocka_unit_test(page_tells_what_it_was),
        cmocka_unit_test(binary_is_refused_where_it_is_asked_for_however_it_is_cut),
        cmocka_unit_test(page_can_be_used_again),
        cmocka_unit_test(next_page_adds_to_the_words_of_the_pages_before),
        cmocka_unit_test(malformed_bytes_are_counted),
        cmocka_unit_test(empty_page_has_no_words),
        cmocka_unit_test(charset_is_copied),
    };

    return cmocka_run_group_tests(tests, load_words, NULL);
}
