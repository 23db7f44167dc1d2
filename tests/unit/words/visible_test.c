#include "cmocka_words.h"

static void inline_elements_do_not_break_words(void **state)
{
    assert_html_counts("foo<b>bar</b>", "foobar=1");
    assert_html_counts("foo<wbr>bar", "foobar=1");
    assert_html_counts("foo&shy;bar", "foobar=1");
    assert_html_counts("foo<x-y>bar</x-y>", "foobar=1");
    assert_html_counts("foo<!-- -->bar", "foobar=1");
}

static void blocks_cells_and_boxes_break_words_on_both_sides(void **state)
{
    assert_html_counts("a<div>b</div>c", "a=1 b=1 c=1");
    assert_html_counts("a<br>b<hr>c", "a=1 b=1 c=1");
    assert_html_counts("<ul><li>a<li>b</ul>c", "a=1 b=1 c=1");
    assert_html_counts("<table><tr><td>a<td>b</table>c", "a=1 b=1 c=1");
    assert_html_counts("a<img>b<input>c<button>d</button>e<meter>f</meter>g", "a=1 b=1 c=1 d=1 e=1 f=1 g=1");
    assert_html_counts("a<image>b</image>c<image hidden>d<IMAGE/>e", "a=1 bcd=1 e=1");
    assert_html_counts("a<math><image hidden>b</image>c<mi><image>d", "ac=1 d=1");
    assert_html_counts("a</p>b</br>c", "a=1 b=1 c=1");
}

static void stray_end_tags_do_nothing(void **state)
{
    assert_html_counts("foo</div>bar</li>baz</xyz>", "foobarbaz=1");
    assert_html_counts("<ul><li>x</ul>c</li>d", "cd=1 x=1");
}

static void item_outside_of_a_list_ends_where_it_says(void **state)
{
    assert_html_counts("<li><p>x</p>e</li>f", "e=1 f=1 x=1");
    assert_html_counts("<dd><div></div>e</dd>f", "e=1 f=1");
}

static void title_and_body_count(void **state)
{
    assert_html_counts("<title>a &amp; b</title><body>c", "a=1 b=1 c=1");
}

static void what_no_reader_sees_does_not_count(void **state)
{
    assert_html_counts("a <script>x</script><style>y</style><template>z</template> b", "a=1 b=1");
    assert_html_counts(
        "a <noscript>x</noscript><select><option>y</select><textarea>z</textarea> b", "a=1 b=1");
    assert_html_counts(
        "a <iframe>x</iframe><noframes>y</noframes><object>z</object><svg><text>q</text></svg> b", "a=1 b=1");
    assert_html_counts(
        "a <audio>x</audio><video>y</video><canvas>z</canvas><datalist>q</datalist> b", "a=1 b=1");
    assert_html_counts("<ruby>a<rp>(</rp><rt>x</rt><rp>)</rp></ruby>b", "ab=1");
    assert_html_counts("<p title=x alt=y>a<img alt=z>", "a=1");
}

static void what_is_hidden_does_not_count_however_deep(void **state)
{
    assert_html_counts("a <div hidden>x<div>y</div>z</div> b", "a=1 b=1");
    assert_html_counts("a <span style='display: none'><b>x</b></span> b", "a=1 b=1");
    assert_html_counts("a <dialog>x</dialog><dialog open>y</dialog> b", "a=1 b=1 y=1");
    assert_html_counts("a <x-y hidden><x-y>x</x-y>y</x-y> b", "a=1 b=1");
    assert_html_counts("<details><summary>a</summary>b</details>", "a=1 b=1");
}

static void stray_end_tag_does_not_close_what_hides(void **state)
{
    assert_html_counts("a <div hidden>x</p>y</span>z</section></div> b", "a=1 b=1");
    assert_html_counts("<span>a <div hidden>x</span>y</div> b</span>", "a=1 b=1");
    assert_html_counts("<svg><g>x</div></p2>y</g></svg>b", "b=1");
    assert_html_counts("<form>a <div hidden>x</form>y</div> b", "a=1 b=1");
    assert_html_counts("<div>a <table hidden><tr><td>x</div>y</table> b</div>", "a=1 b=1");
}

static void implied_ends_close_what_hides(void **state)
{
    assert_html_counts("<p hidden>x<p>a", "a=1");
    assert_html_counts("<p hidden>x<div>a</div>", "a=1");
    assert_html_counts("<ul><li hidden>x<li>a</ul>", "a=1");
    assert_html_counts("<ul><li hidden>x</ul>a", "a=1");
    assert_html_counts("<ul><li hidden>x<ul><li>y</ul>z<li>a</ul>", "a=1");
    assert_html_counts("<dl><dt hidden>x<dd>a</dl>", "a=1");
    assert_html_counts("<table><tr><td hidden>x<td>a<tr hidden><td>y<tr><td>b</table>", "a=1 b=1");
    assert_html_counts("<table><tr><td hidden>x</table>a", "a=1");
    assert_html_counts("<section><div hidden>x</section>a", "a=1");
    assert_html_counts("<p><span hidden>x<p>a", "a=1");
    assert_html_counts("<ul><li><div hidden>x<li>a</ul>", "a=1");
    assert_html_counts("<table><tr><td><div hidden>x<td>a<tr><td><p hidden>y<tr><td>b</table>", "a=1 b=1");
    assert_html_counts("<div><span hidden>x</div>a", "a=1");
    assert_html_counts("<span><var hidden>x</span>a", "a=1");
    assert_html_counts("<ruby>a<rt>x<rb>b<rt>y</ruby>c", "abc=1");
    assert_html_counts("<svg><g>x<p>a", "a=1");
    assert_html_counts(
        "<svg><foreignObject><p>x</p></foreignObject><desc><p>y</desc><title><p>z</title></svg>a", "a=1");
}

static void formatting_that_hides_is_opened_anew(void **state)
{
    assert_html_counts("<b><i hidden>x</b>y</i>a", "a=1");
    assert_html_counts("<div><b hidden>x</div>y</b>a", "a=1");
    assert_html_counts("<table><tr><td><b hidden>x<td>a</table>", "a=1");
}

static void form_inside_a_form_is_none(void **state)
{
    assert_html_counts("<form>foo<form>bar</form>a</form>b", "ab=1 foobar=1");
    assert_html_counts("<form><div>foo</form>bar</div>", "foobar=1");
}

static void item_ends_the_one_before_it(void **state)
{
    assert_html_counts("<dl><dt>a<dd>foo</dt>bar</dl>", "a=1 foobar=1");
    assert_html_counts("<ul><li>a<li>b</li>foo</li>bar</ul>", "a=1 b=1 foobar=1");
}

static void foreign_elements_close_themselves(void **state)
{
    assert_html_counts("<svg/>a<svg><svg/>x</svg>b", "a=1 b=1");
    assert_html_counts("<math><mi>a</mi><mo/><![CDATA[b]]></math>c", "abc=1");
    assert_html_counts("<svg><style>x</svg>a", "a=1");
    assert_html_counts("<svg><script/>x</svg>a", "a=1");
    assert_html_counts("<math><p>a</p><![CDATA[b]]>", "a=1");
}

static void unclosed_raw_text_hides_the_rest(void **state)
{
    assert_html_counts("a<script>x", "a=1");
    assert_html_counts("a<style>x</styl>y", "a=1");
    assert_html_counts("a<textarea>x<b>y", "a=1");
    assert_html_counts("a<xmp>b<i>c", "a=1 b=1 c=1 i=1");
    assert_html_counts("a<plaintext>b</plaintext>c", "a=1 b=1 c=1 plaintext=1");
}

static void hidden_blocks_leave_no_gap(void **state)
{
    assert_html_counts("<div>foo<div hidden>x</div>bar</div>", "foobar=1");
    assert_html_counts("<p>foo<div hidden>x</div>bar", "bar=1 foo=1");
    assert_html_counts("foo<script>x</script>bar<input type=hidden>baz", "foobarbaz=1");
}

static void parts_of_a_table_are_none_outside_of_one(void **state)
{
    assert_html_counts("foo<td>bar<tr>baz<caption>", "foobarbaz=1");
    assert_html_counts("<td hidden>a<col hidden>", "a=1");
    assert_html_counts("<div hidden>x<td>y</div>a", "a=1");
    assert_html_counts("<table><tr><td>a</table>foo<td>bar", "a=1 foobar=1");
    assert_html_counts("<table><tr><td>a<table><tr><td>b</table>c<td>d</table>e", "a=1 b=1 c=1 d=1 e=1");
    assert_html_counts("<table><tr><td>a</td></tr><table></table>foo<td>bar", "a=1 foobar=1");
}

static void root_elements_leave_no_gap(void **state)
{
    assert_html_counts("foo</body>bar<body>baz</html>", "foobarbaz=1");
    assert_html_counts("<body hidden>x</body>y", "");
    assert_html_counts("<html><head hidden><title>a</title><body>b", "a=1 b=1");
}

static void inline_end_tag_does_not_reach_beyond_a_block(void **state)
{
    assert_html_counts("<span hidden>x<div>y</span>z", "");
    assert_html_counts("<x-y hidden>x<section>y</x-y>z", "");
    assert_html_counts("<rp>x<p>y</rp>z", "");
    assert_html_counts("<p hidden>x<marquee>y</p>z", "");
}

static void start_tags_end_what_hides_before_them(void **state)
{
    assert_html_counts("<h1 hidden>x<h2>a", "a=1");
    assert_html_counts("<h1 hidden>x<b>y<h2>z", "");
    assert_html_counts("<button>a<button hidden>x</button>b", "a=1 b=1");
    assert_html_counts("<ul><li>a<li hidden>x</li>b</ul>", "a=1 b=1");
    assert_html_counts("<a><rtc>x<a>a", "a=1");
    assert_html_counts("<rt>x<rb>y", "");
    assert_html_counts("<ruby><p hidden>x<rb>a", "a=1");
    assert_html_counts("<table><x-y hidden>x<caption>a", "a=1");
    assert_html_counts("<table><tr><td><select>x<td>a</table>", "a=1");
    assert_html_counts("<h1><ul hidden>x</h2>a", "a=1");
}

static void form_between_cells_has_no_content(void **state)
{
    assert_html_counts("<table><form hidden><tr><td>a</form></table>", "a=1");
    assert_html_counts("<form><p hidden>x<form>y</p>a", "a=1");
}

static void formatting_that_hides_ends_in_the_midst_of_blocks(void **state)
{
    assert_html_counts("a<b hidden>x<pre>y</b>b</pre>", "a=1 b=1");
    assert_html_counts("a<a hidden>x<p>y<a>b", "a=1 b=1");
}

static void elements_of_math_and_svg_are_not_those_of_html(void **state)
{
    assert_html_counts("<math><textarea>x<div>a", "a=1");
    assert_html_counts("<math><style>x<p>a", "a=1");
    assert_html_counts("<math><mi><p>a</p></mi>b</math>", "a=1 b=1");
    assert_html_counts("<p hidden><svg><xmp>x</svg>y</p>a", "a=1");
    assert_html_counts("<div hidden><svg><style><![CDATA[</div>]]></style></svg></div>a", "a=1");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(inline_elements_do_not_break_words),
        cmocka_unit_test(blocks_cells_and_boxes_break_words_on_both_sides),
        cmocka_unit_test(stray_end_tags_do_nothing),
        cmocka_unit_test(item_outside_of_a_list_ends_where_it_says),
        cmocka_unit_test(title_and_body_count),
        cmocka_unit_test(what_no_reader_sees_does_not_count),
        cmocka_unit_test(what_is_hidden_does_not_count_however_deep),
        cmocka_unit_test(stray_end_tag_does_not_close_what_hides),
        cmocka_unit_test(implied_ends_close_what_hides),
        cmocka_unit_test(formatting_that_hides_is_opened_anew),
        cmocka_unit_test(form_inside_a_form_is_none),
        cmocka_unit_test(item_ends_the_one_before_it),
        cmocka_unit_test(foreign_elements_close_themselves),
        cmocka_unit_test(unclosed_raw_text_hides_the_rest),
        cmocka_unit_test(hidden_blocks_leave_no_gap),
        cmocka_unit_test(parts_of_a_table_are_none_outside_of_one),
        cmocka_unit_test(root_elements_leave_no_gap),
        cmocka_unit_test(inline_end_tag_does_not_reach_beyond_a_block),
        cmocka_unit_test(start_tags_end_what_hides_before_them),
        cmocka_unit_test(form_between_cells_has_no_content),
        cmocka_unit_test(formatting_that_hides_ends_in_the_midst_of_blocks),
        cmocka_unit_test(elements_of_math_and_svg_are_not_those_of_html),
    };

    return cmocka_run_group_tests(tests, load_words, NULL);
}
