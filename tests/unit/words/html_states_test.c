/* The states of the tokenizer in the order of the standard (13.2.5): what each makes of every byte that it
 * treats on its own, and of the end of the page. */
#include "cmocka_html.h"

struct state_case {
    const char *html;
    const char *expected;
};

static void assert_cases(enum html_content content, bool foreign, const struct state_case *cases, size_t n)
{
    for (size_t i = 0; i < n; i++)
        assert_tokens_of(content, foreign, cases[i].html, strlen(cases[i].html), cases[i].expected);
}
#define ASSERT_CASES(content, foreign, cases)                                                                \
    assert_cases(content, foreign, cases, sizeof(cases) / sizeof(*(cases)))

static void data_and_tag_open(void **state)
{
    static const struct state_case cases[] = {
        {"", ""},
        {"a>b", "a>b"},
        {"\r\n\r", "\r\n\r"},
        {"<", "<"},
        {"<<b>", "<(b)"},
        {"<1>", "<1>"},
        {"< b>", "< b>"},
        {"<\n", "<\n"},
        {"<&amp;", "<&"},
        {"<-", "<-"},
        {"<[", "<["},
        {"<\u00E9>", "<\u00E9>"},
        {"<?", ""},
        {"<?>a", "a"},
        {"<?\x3F>a", "a"},
        {"<?a '>'>b", "'>b"},
        {"<!", ""},
        {"<!>a", "a"},
        {"<!a>b", "b"},
        {"<!-", ""},
        {"<!->a", "a"},
        {"<!-a->b", "b"},
    };

    ASSERT_CASES(HTML_DATA, false, cases);
}

static void end_tag_open(void **state)
{
    static const struct state_case cases[] = {
        {"</", "</"},
        {"</>", ""},
        {"</>a", "a"},
        {"</ b>a", "a"},
        {"</1>a", "a"},
        {"</&>a", "a"},
        {"</?>a", "a"},
        {"</!-->a", "a"},
        {"</-", ""},
        {"</b", ""},
        {"</b>", "(/b)"},
        {"</b/>", "(/b)"},
        {"</B a='>'>c", "(/b)c"},
        {"</b style='display:none' hidden open>c", "(/b)c"},
    };

    ASSERT_CASES(HTML_DATA, false, cases);
}

static void tag_name(void **state)
{
    static const struct state_case cases[] = {
        {"<b", ""},
        {"<b ", ""},
        {"<b/", ""},
        {"<B>", "(b)"},
        {"<b\t>", "(b)"},
        {"<b\f>", "(b)"},
        {"<b\r>", "(b)"},
        {"<b\r\n>", "(b)"},
        {"<b<b>", "(other)"},
        {"<b\">", "(other)"},
        {"<b=>", "(other)"},
        {"<b&amp;>", "(other)"},
        {"<b\x01>", "(other)"},
        {"<b\x0B>", "(other)"},
        {"<b\u00A0>", "(other)"},
        {"<h\x11>", "(other)"},
        {"<@>", "<@>"},
        {"<p!>", "(other)"},
        {"<blockquote>", "(blockquote)"},
        {"<BlockQuote>", "(blockquote)"},
        {"<blockquotes>", "(other)"},
        {"<h1>", "(h1)"},
        {"<h7>", "(other)"},
        {"<x-y.z>", "(other)"},
    };

    ASSERT_CASES(HTML_DATA, false, cases);
}

static void attribute_name(void **state)
{
    static const struct state_case cases[] = {
        {"<p hidden", ""},
        {"<p hidden>", "(p hidden)"},
        {"<p hidden >", "(p hidden)"},
        {"<p hidden/>", "(p/ hidden)"},
        {"<p hidden/ >", "(p hidden)"},
        {"<p/hidden>", "(p hidden)"},
        {"<p//hidden>", "(p hidden)"},
        {"<p / hidden>", "(p hidden)"},
        {"<p =hidden>", "(p)"},
        {"<p = hidden>", "(p hidden)"},
        {"<p =hidden hidden>", "(p hidden)"},
        {"<p hidden=>", "(p hidden)"},
        {"<p hidden= >", "(p hidden)"},
        {"<p hidden =>", "(p hidden)"},
        {"<p hidden\n=\n'x'>", "(p hidden)"},
        {"<p x hidden>", "(p hidden)"},
        {"<p x=y hidden>", "(p hidden)"},
        {"<p x='y'hidden>", "(p hidden)"},
        {"<p x= hidden>", "(p)"},
        {"<p x='hidden'>", "(p)"},
        {"<p hiddenn>", "(p)"},
        {"<p hidde>", "(p)"},
        {"<p \"hidden>", "(p)"},
        {"<p hidden\">", "(p)"},
        {"<p <hidden>", "(p)"},
        {"<p hidden<>", "(p)"},
        {"<p hidden&amp;>", "(p)"},
        {"<p hidden\x01>", "(p)"},
        {"<p hIDDEN>", "(p hidden)"},
        {"<p hidden hidden>", "(p hidden)"},
        {"<dialog OPEN>", "(dialog open)"},
    };

    ASSERT_CASES(HTML_DATA, false, cases);
}

static void attribute_value(void **state)
{
    static const struct state_case cases[] = {
        {"<p style=", ""},
        {"<p style='", ""},
        {"<p style='display:none", ""},
        {"<p style=display:none", ""},
        {"<p style='display:none'", ""},
        {"<p style= 'display:none'>", "(p none)"},
        {"<p style=\t\r\n\f\"display:none\">", "(p none)"},
        {"<p style=\"display:none\"/>", "(p/ none)"},
        {"<p style=display:none/>", "(p)"},
        {"<p style=display:none />", "(p/ none)"},
        {"<p style=display:none\n>", "(p none)"},
        {"<p style=display:none;'>", "(p none)"},
        {"<p style='display:none\">'>", "(p)"},
        {"<p style=\"display:none;>'\">", "(p none)"},
        {"<p style='display:none'x>", "(p none)"},
        {"<p style==display:none>", "(p)"},
        {"<p style=display&#58;none>", "(p none)"},
        {"<p style=display&#58none>", "(p none)"},
        {"<p style='display&colon;none'>", "(p none)"},
        {"<p style='display&colonnone'>", "(p)"},
        {"<p style='display:n&#111;ne'>", "(p none)"},
        {"<p style='display:none&semi;color:red'>", "(p none)"},
        {"<p style='display:none&ampx'>", "(p)"},
        {"<p style='x&#39;display:none'>", "(p)"},
        {"<p style='&gt;' >a", "(p)a"},
        {"<p title='&' style=display:none>", "(p none)"},
        {"<p title=& style=display:none>", "(p none)"},
        {"<p title=&>a", "(p)a"},
        {"<p title='&amp'>a", "(p)a"},
        {"<p STYLE=x style=display:none>", "(p)"},
        {"<p style=display:none STYLE=x>", "(p none)"},
        {"<input type=&#104;idden>", "(input type)"},
        {"<input type=hiddenx>", "(input)"},
        {"<input type=text type=hidden>", "(input)"},
        {"<input type=hidden type=text>", "(input type)"},
    };

    ASSERT_CASES(HTML_DATA, false, cases);
}

static void comment(void **state)
{
    static const struct state_case cases[] = {
        {"<!--", ""},
        {"<!---", ""},
        {"<!----", ""},
        {"<!--a-", ""},
        {"<!--a--", ""},
        {"<!--a--!", ""},
        {"<!-->a", "a"},
        {"<!--->a", "a"},
        {"<!---->a", "a"},
        {"<!----->a", "a"},
        {"<!--a->b-->c", "c"},
        {"<!--a--b-->c", "c"},
        {"<!--a-->b-->c", "b-->c"},
        {"<!--a--!>b", "b"},
        {"<!--a--!-->b", "b"},
        {"<!--a--!--!>b", "b"},
        {"<!--a--!a>b-->c", "c"},
        {"<!--a--!->b-->c", "c"},
        {"<!--!>a-->b", "b"},
        {"<!---!>a-->b", "b"},
        {"<!----!>a", "a"},
        {"<!--<!-->a", "a"},
        {"<!--<!--->a", "a"},
        {"<!--<!--!>a-->b", "a-->b"},
        {"<!--<!>a-->b", "b"},
        {"<!--<!->a-->b", "b"},
        {"<!--<->a-->b", "b"},
        {"<!--<<!---->a", "a"},
        {"<!--<!--a-->b-->c", "b-->c"},
        {"<!-- <b> &amp; ' \" -->a", "a"},
        {"<!- ->a", "a"},
        {"<! -- >a", "a"},
    };

    ASSERT_CASES(HTML_DATA, false, cases);
    ASSERT_CASES(HTML_DATA, true, cases);
}

static void doctype(void **state)
{
    static const struct state_case cases[] = {
        {"<!doctype", ""},
        {"<!doctype>a", "a"},
        {"<!DOCTYPE html>a", "a"},
        {"<!doctypehtml>a", "a"},
        {"<!doctype >a", "a"},
        {"<!doctype html SYSTEM>a", "a"},
        {"<!doctype html PUBLIC '", ""},
        {"<!doctype html PUBLIC 'x' \"y\">a", "a"},
        {"<!doctype html PUBLIC 'x>y'>a", "y'>a"},
        {"<!doctype html SYSTEM \"x>y\">a", "y\">a"},
        {"<!doctype html PUBLIC'x'\"y\">a", "a"},
        {"<!doctype html bogus '>a", "a"},
        {"<!doctyp>a", "a"},
    };

    ASSERT_CASES(HTML_DATA, false, cases);
}

static void cdata_section(void **state)
{
    static const struct state_case cases[] = {
        {"<![CDATA[", ""},
        {"<![CDATA[a", "a"},
        {"<![CDATA[a]", "a]"},
        {"<![CDATA[a]]", "a]]"},
        {"<![CDATA[a]]>b", "ab"},
        {"<![CDATA[a]]]>b", "a]b"},
        {"<![CDATA[a]]]]>b", "a]]b"},
        {"<![CDATA[a]>b]]>c", "a]>bc"},
        {"<![CDATA[a] ]>b]]>c", "a] ]>bc"},
        {"<![CDATA[<b>&amp;</b>]]>c", "<b>&amp;</b>c"},
        {"<![CDATA[]]>a", "a"},
        {"<![cdata[a]]>b", "b"},
        {"<![CDATA>a", "a"},
        {"<![CDATA", ""},
        {"<![>a", "a"},
    };
    static const struct state_case elsewhere[] = {
        {"<![CDATA[a]]>b", "b"},
        {"<![CDATA[a>b]]>c", "b]]>c"},
    };

    ASSERT_CASES(HTML_DATA, true, cases);
    ASSERT_CASES(HTML_DATA, false, elsewhere);
}

static void rcdata(void **state)
{
    static const struct state_case cases[] = {
        {"<title>a<", "(title)a<"},
        {"<title>a</", "(title)a</"},
        {"<title>a</t", "(title)a</t"},
        {"<title>a</title", "(title)a</title"},
        {"<title>a</title ", "(title)a"},
        {"<title>a</title x", "(title)a"},
        {"<title></title>b", "(title)(/title)b"},
        {"<title></TiTlE\n>b", "(title)(/title)b"},
        {"<title></title/>b", "(title)(/title)b"},
        {"<title></title x='>'>b", "(title)(/title)b"},
        {"<title></titles></title>", "(title)</titles>(/title)"},
        {"<title></titl></title>", "(title)</titl>(/title)"},
        {"<title></b></title>", "(title)</b>(/title)"},
        {"<title></ title></title>", "(title)</ title>(/title)"},
        {"<title></1></title>", "(title)</1>(/title)"},
        {"<title></title&gt;</title>", "(title)</title>(/title)"},
        {"<title><</title>", "(title)<(/title)"},
        {"<title></</title>", "(title)</(/title)"},
        {"<title></t</title>", "(title)</t(/title)"},
        {"<title><title></title>", "(title)<title>(/title)"},
        {"<title><!-- </title> -->", "(title)<!-- (/title) -->"},
        {"<title>&lt;&#x41</title>", "(title)<A(/title)"},
        {"<title></titlexxxxxxxxxxxxxxxxxxxxxxxx></title>",
            "(title)</titlexxxxxxxxxxxxxxxxxxxxxxxx>(/title)"},
    };

    ASSERT_CASES(HTML_RCDATA, false, cases);
}

static void rawtext(void **state)
{
    static const struct state_case cases[] = {
        {"<xmp>&lt;</xmp>&lt;", "(xmp)&lt;(/xmp)<"},
        {"<xmp></XMP/x>b", "(xmp)(/xmp)b"},
        {"<xmp></xmpx></xm></xmp>", "(xmp)</xmpx></xm>(/xmp)"},
        {"<xmp><!--</xmp>-->", "(xmp)<!--(/xmp)-->"},
        {"<xmp>&", "(xmp)&"},
        {"<xmp><", "(xmp)<"},
        {"<xmp></x", "(xmp)</x"},
    };

    ASSERT_CASES(HTML_RAWTEXT, false, cases);
}

/* With "!" where the script has ended and text goes on. */
static void script_data(void **state)
{
    static const struct state_case cases[] = {
        {"<script>a</script>!", "(script)(/script)!"},
        {"<script></SCRIPT >!", "(script)(/script)!"},
        {"<script></script/>!", "(script)(/script)!"},
        {"<script></script", "(script)"},
        {"<script><</script>!", "(script)(/script)!"},
        {"<script></</script>!", "(script)(/script)!"},
        {"<script></scrip></script>!", "(script)(/script)!"},
        {"<script><!</script>!", "(script)(/script)!"},
        {"<script><!-</script>!", "(script)(/script)!"},
        {"<script><!--</script>!", "(script)(/script)!"},
        {"<script><!---</script>!", "(script)(/script)!"},
        {"<script><!----></script>!", "(script)(/script)!"},
        {"<script><!--<</script>!", "(script)(/script)!"},
        {"<script><!--</x></script>!", "(script)(/script)!"},
        {"<script><!--</1></script>!", "(script)(/script)!"},
        {"<script><!--a-b--c</script>!", "(script)(/script)!"},
        {"<script><!--<script</script>!", "(script)(/script)!"},
        {"<script><!--<scrip></script>!", "(script)(/script)!"},
        {"<script><!--<scripts></script>!", "(script)(/script)!"},
        {"<script><!--<script ></script>x", "(script)"},
        {"<script><!--<script/></script>?", "(script)"},
        {"<script><!--<SCRIPT\t></script>?", "(script)"},
        {"<script><!--<script></script></script>!", "(script)(/script)!"},
        {"<script><!--<script></script/</script>!", "(script)(/script)!"},
        {"<script><!--<script></scrip></script>?", "(script)"},
        {"<script><!--<script></scripts></script>?", "(script)"},
        {"<script><!--<script>-</script></script>!", "(script)(/script)!"},
        {"<script><!--<script>--</script></script>!", "(script)(/script)!"},
        {"<script><!--<script>--></script>!", "(script)(/script)!"},
        {"<script><!--<script>---></script>!", "(script)(/script)!"},
        {"<script><!--<script>->-</script>?", "(script)"},
        {"<script><!--<script>-<</script></script>!", "(script)(/script)!"},
        {"<script><!--<script><!--</script></script>!", "(script)(/script)!"},
        {"<script><!--<script><script></script></script>!", "(script)(/script)!"},
        {"<script><!--<script></script><script></script>?", "(script)"},
        {"<script><!--><script></script>!", "(script)(/script)!"},
        {"<script><!---><script></script>!", "(script)(/script)!"},
        {"<script>--><!--<script></script>?", "(script)"},
        {"<script><!-- --><script></script>!", "(script)(/script)!"},
    };

    ASSERT_CASES(HTML_SCRIPT, false, cases);
}

static void character_reference(void **state)
{
    static const struct state_case cases[] = {
        {"&", "&"},
        {"& ", "& "},
        {"&&amp;", "&&"},
        {"&<b>", "&(b)"},
        {"&amp", "&"},
        {"&amp<b>", "&(b)"},
        {"&AMP;&Amp;", "&&Amp;"},
        {"&notin;&notit;&not;&no;", "\u2209\u00ACit;\u00AC&no;"},
        {"&ngE;&NotGreaterFullEqual;", "\u2267\u0338\u2267\u0338"},
        {"&xyz;&x", "&xyz;&x"},
        {"&#", "&#"},
        {"&#;", "&#;"},
        {"&#a;", "&#a;"},
        {"&#x", "&#x"},
        {"&#X;", "&#X;"},
        {"&#xg;", "&#xg;"},
        {"&#65", "A"},
        {"&#65a", "Aa"},
        {"&#x41g", "Ag"},
        {"&#65;;", "A;"},
        {"&#0;&#x0;&#00000;", "\uFFFD\uFFFD\uFFFD"},
        {"&#xD800;&#xDFFF;&#xD7FF;&#xE000;", "\uFFFD\uFFFD\uD7FF\uE000"},
        {"&#x10FFFF;&#x110000;&#99999999999999999999;", "\U0010FFFF\uFFFD\uFFFD"},
        {"&#x100000041;&#4294967361;", "\uFFFD\uFFFD"},
        {"&#x80;&#128;&#x9F;&#x81;&#150;", "\u20AC\u20AC\u0178\xC2\x81\u2013"},
        {"&#13;&#1;&#xFFFE;&#xFDD0;", "\r\x01\uFFFE\uFDD0"},
        {"&#000000000000000000065;", "A"},
    };

    ASSERT_CASES(HTML_DATA, false, cases);
}

/* A NUL is a byte like others in markup, whatever the standard says is wrong with it. */
static void nul(void **state)
{
    static const struct {
        const char *html;
        size_t size;
        const char *expected;
    } cases[] = {
        {"a\0b", 3, "ab"},
        {"<\0b", 3, "<b"},
        {"</\0b>c", 6, "c"},
        {"<b\0>", 4, "(other)"},
        {"<p\0hidden>", 10, "(other)"},
        {"<p hidden\0>", 11, "(p)"},
        {"<p \0hidden>", 11, "(p)"},
        {"<p style='display\0:none'>", 25, "(p)"},
        {"<p x='\0' hidden>", 16, "(p hidden)"},
        {"<p x=\0 hidden>", 14, "(p hidden)"},
        {"<!--\0-->a", 9, "a"},
        {"<!\0-->a", 7, "a"},
        {"<!doctype\0>a", 12, "a"},
        {"&\0amp;", 6, "&amp;"},
        {"&am\0p;", 6, "&amp;"},
        {"&#\0"
         "65;",
            6, "&#65;"},
    };

    for (size_t i = 0; i < sizeof(cases) / sizeof(*cases); i++)
        assert_tokens_of(HTML_DATA, false, cases[i].html, cases[i].size, cases[i].expected);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_and_tag_open),
        cmocka_unit_test(end_tag_open),
        cmocka_unit_test(tag_name),
        cmocka_unit_test(attribute_name),
        cmocka_unit_test(attribute_value),
        cmocka_unit_test(comment),
        cmocka_unit_test(doctype),
        cmocka_unit_test(cdata_section),
        cmocka_unit_test(rcdata),
        cmocka_unit_test(rawtext),
        cmocka_unit_test(script_data),
        cmocka_unit_test(character_reference),
        cmocka_unit_test(nul),
    };

    return cmocka_run_group_tests(tests, load_words, NULL);
}
