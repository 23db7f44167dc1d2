#include "cmocka_html.h"

static void tags_and_text_are_told_apart(void **state)
{
    assert_tokens("a<b>c</B>d<unknown-thing>", "a(b)c(/b)d(other)");
    assert_tokens("<DIV\n\tclass=x>y</div >", "(div)y(/div)");
    assert_tokens("<br/><br /><a/b>", "(br/)(br/)(a)");
}

static void what_is_no_tag_is_text(void **state)
{
    assert_tokens("a < b <", "a < b <");
    assert_tokens("1<2", "1<2");
    assert_tokens("a</", "a</");
    assert_tokens("a<>b", "a<>b");
    assert_tokens("a</>b", "ab");
}

static void unfinished_markup_is_dropped(void **state)
{
    assert_tokens("a<b", "a");
    assert_tokens("a<b x='", "a");
    assert_tokens("a<!--b", "a");
    assert_tokens("a<!doctype", "a");
}

static void attributes_end_where_the_standard_says(void **state)
{
    assert_tokens("<a title='<b>'>x", "(a)x");
    assert_tokens("<a title=\"a'>\">x", "(a)x");
    assert_tokens("<a title=a'>x", "(a)x");
    assert_tokens("<a title=>x", "(a)x");
    assert_tokens("<a =>x", "(a)x");
    assert_tokens("<a ='>'>x", "(a)'>x");
    assert_tokens("<a b='c'd='e>'>x", "(a)x");
    assert_tokens("<a b = 'c>' / >x", "(a)x");
    assert_tokens("<a href=x/>y", "(a)y");
}

static void attributes_that_hide_are_found(void **state)
{
    assert_tokens("<p hidden>", "(p hidden)");
    assert_tokens("<p HIDDEN=''>", "(p hidden)");
    assert_tokens("<p data-hidden title=hidden>", "(p)");
    assert_tokens("<dialog open>", "(dialog open)");
    assert_tokens("<p style='display:none'>", "(p none)");
    assert_tokens("<p style=display:none>", "(p none)");
    assert_tokens("<p style='display&colon;&#110;one'>", "(p none)");
    assert_tokens("<p style='' style='display:none'>", "(p)");
    assert_tokens("<p style style='display:none'>", "(p)");
    assert_tokens("<p style='display:none' style=''>", "(p none)");
    assert_tokens("<p\nSTYLE=\"display:none\"HIDDEN/>", "(p/ hidden none)");
    assert_tokens("<input type=HIDDEN>", "(input type)");
    assert_tokens("</p hidden>", "(/p)");
}

static void references_are_resolved(void **state)
{
    assert_tokens("&lt;b&gt;&amp;amp;", "<b>&amp;");
    assert_tokens("a&b&#x41;&notit;&", "a&bA\u00ACit;&");
    assert_tokens("caf&eacute", "caf\u00E9");
}

static void comments_end_as_the_standard_says(void **state)
{
    assert_tokens("a<!-- <b> -- > -->c", "ac");
    assert_tokens("a<!-->b", "ab");
    assert_tokens("a<!--->b", "ab");
    assert_tokens("a<!---->b", "ab");
    assert_tokens("a<!-- x --!>b", "ab");
    assert_tokens("a<!-- x --!-->b", "ab");
    assert_tokens("a<!-- x --- -->b", "ab");
    assert_tokens("a<!--<!-->b", "ab");
    assert_tokens("a<!--x<!--->b", "ab");
    assert_tokens("a<!-x>b-->", "ab-->");
    assert_tokens("a<?php > ?>b", "a ?>b");
    assert_tokens("a</ x>b", "ab");
    assert_tokens("<!DOCTYPE html PUBLIC \"a>b\">c", "b\">c");
}

static void cdata_is_text_in_foreign_content_alone(void **state)
{
    assert_tokens("a<![CDATA[b<c>]]>d", "a]]>d");
    assert_tokens_of(HTML_DATA, true, "a<![CDATA[b<c>&amp;]] ]]]>d", 27, "ab<c>&amp;]] ]d");
    assert_tokens_of(HTML_DATA, true, "a<![CDATA[b]", 12, "ab]");
    assert_tokens_of(HTML_DATA, true, "a<![CDAT>b", 10, "ab");
}

static void nul_is_left_out_of_text_and_shown_in_raw_text(void **state)
{
    assert_tokens_of(HTML_DATA, false, "a\0b<i\0>", 7, "ab(other)");
    assert_tokens_of(HTML_DATA, true, "a\0b", 3, "a\uFFFDb");
    assert_tokens_of(HTML_RAWTEXT, false, "<xmp>a\0b", 8, "(xmp)a\uFFFDb");
}

static void rcdata_resolves_references_and_ends_at_its_tag(void **state)
{
    assert_content(HTML_RCDATA, "<title>a<b>&amp;</b></titl></title >c", "(title)a<b>&</b></titl>(/title)c");
    assert_content(HTML_RCDATA, "<title>a</titlex></TITLE/>b", "(title)a</titlex>(/title)b");
    assert_content(HTML_RCDATA, "<title>a</tit", "(title)a</tit");
    assert_content(HTML_RCDATA, "<title>a</", "(title)a</");
    assert_content(HTML_RCDATA, "<title>a<", "(title)a<");
}

static void rawtext_resolves_nothing(void **state)
{
    assert_content(HTML_RAWTEXT, "<xmp>&amp;<b></xmp>x", "(xmp)&amp;<b>(/xmp)x");
}

static void plaintext_never_ends(void **state)
{
    assert_content(HTML_PLAINTEXT, "<plaintext>&amp;</plaintext>", "(plaintext)&amp;</plaintext>");
}

static void script_ends_at_its_tag_unless_doubly_escaped(void **state)
{
    assert_content(HTML_SCRIPT, "<script>a<b></script>c", "(script)(/script)c");
    assert_content(HTML_SCRIPT, "<script></scriptx></script\n>c", "(script)(/script)c");
    assert_content(HTML_SCRIPT, "<script><!-- </script>c", "(script)(/script)c");
    assert_content(HTML_SCRIPT, "<script><!-- <script> </script> --></script>c", "(script)(/script)c");
    assert_content(HTML_SCRIPT, "<script><!-- <script> </script> </script>c", "(script)(/script)c");
    assert_content(HTML_SCRIPT, "<script><!-- <script> </script>c", "(script)");
    assert_content(HTML_SCRIPT, "<script><!-- <script> --> </script>c", "(script)(/script)c");
    assert_content(HTML_SCRIPT, "<script><!-- <scriptx> </script>c", "(script)(/script)c");
    assert_content(HTML_SCRIPT, "<script><!-<script></script>c", "(script)(/script)c");
    assert_content(HTML_SCRIPT, "<script><!-->-<script></script>c", "(script)(/script)c");
    assert_content(HTML_SCRIPT, "<script>a", "(script)");
}

/* Pieces of markup, whole and broken, which together make any state meet any byte sooner or later. */
static size_t write_markup(char *html, size_t size, uint64_t *random)
{
    static const char *const pieces[] = {"<b>", "</b>", "<p class=\"x\">", "<P CLASS='x' id=\"y\">", "</div>",
        "<a href='?a=1&amp;b=\"' title=\"x > y\">", "<a\n\thref = x>", "<br/>", "<br />", "<x-y z>",
        "<blockquote cite=\"\">", "<h1", "<h\x11>", "<b\x01", "<\xC3\xA4>", "<p hidden>",
        "<p hidden=\"\" x=''>", "<div style=\"display:none\">", "<i STYLE=\"display&colon;none\">",
        "<dialog open=\"\">", "<input type='HIDDEN'/>", "<a ==\"x\">", "<a b='c'd=\"e\">", "<a/b=\"c\">",
        "<a b=c=\"d\">", "<b\"c\">", "&amp;", "&#39;", "&#x2019;", "&notit;", "&nbsp", "&", "&#", "&bogus;",
        "&hearts;", "&#1114112;", "&#xZ;", "text", "\xD1\x8F\xD0\xB7\xD1\x8B\xD0\xBA", "\xE2\x82\xAC", " ",
        "\n", "<", ">", "\"", "'", "=", "/", "/>", "-", "!", "<!--", "-->", "--!>", "<!", "<![CDATA[", "]]>",
        "</", "<?", "\r\n",
        "a long run of text which is longer than what is copied at once, by far and for sure"};
    size_t at = 0;

    for (;;) {
        const char *piece;
        size_t length;

        *random = *random * UINT64_C(6364136223846793005) + 1442695040888963407;
        piece = pieces[(*random >> 33) % (sizeof(pieces) / sizeof(*pieces))];
        length = strlen(piece);
        if (at + length > size)
            return at;
        memcpy(html + at, piece, length);
        at += length;
        if ((*random >> 20) % 97 == 0 && at < size)
            html[at++] = '\0';
    }
}

static void whole_chunks_read_like_single_bytes(void **state)
{
    static struct output whole, cut;
    uint64_t random = 1;
    char html[1024];

    for (size_t round = 0; round < 3000; round++) {
        size_t size = write_markup(html, sizeof(html), &random);

        whole.text[0] = cut.text[0] = '\0';
        whole.foreign = cut.foreign = round % 4 == 3;
        tokenize(html, size, size, &whole);
        tokenize(html, size, 1, &cut);
        assert_string_equal(whole.text, cut.text);
    }
}

static void marked_bytes_are_found_at_every_place(void **state)
{
    for (size_t at = 0; at < 200; at++) {
        static struct output whole;
        char html[400];

        memset(html, 'x', sizeof(html));
        memcpy(html + at, "<b>", 3);
        whole.text[0] = '\0';
        tokenize(html, sizeof(html), sizeof(html), &whole);
        assert_int_equal(strlen(whole.text), sizeof(html));
        assert_memory_equal(whole.text + at, "(b)", 3);
    }
}

static html_mark_function mark;
static size_t n_marked_blocks;

static void count_marks(const uint8_t *bytes, size_t n_blocks, uint16_t ret_places[static HTML_MARK_PLACES])
{
    n_marked_blocks += n_blocks;
    mark(bytes, n_blocks, ret_places);
}

static int drop_text(void *userdata, const uint8_t *utf8, size_t size)
{
    return 0;
}

static int drop_tag(void *userdata, const struct html_tag *tag)
{
    return 0;
}

/* Tags that turn out to be odd or cut at their end are read twice, and nothing more often. */
static void no_byte_is_looked_ahead_at_again_and_again(void **state)
{
    static const struct html_handler handler = {.text = drop_text, .tag = drop_tag};
    static const char *const parts[] = {"<", "<a", "<a b='", "<a b=\"", "<a b='c'", "<a b='c' <",
        "<a b='c'd>", "<a b='c'>", "<a b=c>", "<p hidden>", "&", "&a", "&amp;", "&notit;", "'", "=", "</",
        "</a ", "<!", "<!-", "<!-->", "<script>", "<title>", "text ", "<a b='c' d=\"e\" f>", "<x-y z='&'>",
        "<p style='&'>"};
    static uint8_t page[1 << 18];

    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        static struct html html;
        size_t length = strlen(parts[i]);

        for (size_t at = 0; at < sizeof(page); at++)
            page[at] = (uint8_t)parts[i][at % length];
        html_begin(&html, &handler, NULL);
        mark = html.mark;
        html.mark = count_marks;
        n_marked_blocks = 0;
        assert_int_equal(html_feed(&html, page, sizeof(page)), 0);
        assert_true(n_marked_blocks * HTML_MARK_BLOCK <= 2 * sizeof(page) + 4096);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tags_and_text_are_told_apart),
        cmocka_unit_test(what_is_no_tag_is_text),
        cmocka_unit_test(unfinished_markup_is_dropped),
        cmocka_unit_test(attributes_end_where_the_standard_says),
        cmocka_unit_test(attributes_that_hide_are_found),
        cmocka_unit_test(references_are_resolved),
        cmocka_unit_test(comments_end_as_the_standard_says),
        cmocka_unit_test(cdata_is_text_in_foreign_content_alone),
        cmocka_unit_test(nul_is_left_out_of_text_and_shown_in_raw_text),
        cmocka_unit_test(rcdata_resolves_references_and_ends_at_its_tag),
        cmocka_unit_test(rawtext_resolves_nothing),
        cmocka_unit_test(plaintext_never_ends),
        cmocka_unit_test(script_ends_at_its_tag_unless_doubly_escaped),
        cmocka_unit_test(whole_chunks_read_like_single_bytes),
        cmocka_unit_test(marked_bytes_are_found_at_every_place),
        cmocka_unit_test(no_byte_is_looked_ahead_at_again_and_again),
    };

    return cmocka_run_group_tests(tests, load_words, NULL);
}
