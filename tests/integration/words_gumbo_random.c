/* On pages of badly nested markup: a full HTML parser finds the same words, but for the differences that are
 * named here, and counted. A page that differs is cut down to what makes it differ, so that its reason can be
 * told. */
#include "base/cleanup.h"
#include "words_compare.h"
#include "words_gumbo.h"
#include "words_sorted.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_PIECES 16
#define MAX_HTML 1024

#define BOTH(name) "<" name ">", "</" name ">"
#define HIDDEN(name) "<" name " hidden>"

static const char *const markup[] = {BOTH("p"), BOTH("div"), BOTH("li"), BOTH("ul"), BOTH("ol"), BOTH("dl"),
    BOTH("dt"), BOTH("dd"), BOTH("table"), BOTH("tr"), BOTH("td"), BOTH("th"), BOTH("caption"), BOTH("tbody"),
    BOTH("thead"), BOTH("colgroup"), "<col>", BOTH("b"), BOTH("i"), BOTH("a"), BOTH("font"), BOTH("nobr"),
    BOTH("span"), BOTH("form"), BOTH("button"), BOTH("h1"), BOTH("h2"), BOTH("section"), BOTH("dialog"),
    BOTH("select"), BOTH("option"), BOTH("optgroup"), BOTH("textarea"), BOTH("script"), BOTH("style"),
    BOTH("template"), BOTH("noscript"), BOTH("svg"), BOTH("math"), BOTH("mi"), BOTH("foreignobject"),
    BOTH("desc"), BOTH("title"), BOTH("br"), "<hr>", "<img>", "<input>", BOTH("ruby"), BOTH("rt"), BOTH("rp"),
    BOTH("rb"), BOTH("rtc"), BOTH("object"), BOTH("marquee"), BOTH("applet"), BOTH("pre"), BOTH("xmp"),
    BOTH("details"), BOTH("summary"), BOTH("x-y"), BOTH("body"), BOTH("html"), BOTH("head"), BOTH("video"),
    BOTH("iframe"), HIDDEN("p"), HIDDEN("div"), HIDDEN("li"), HIDDEN("ul"), HIDDEN("td"), HIDDEN("tr"),
    HIDDEN("table"), HIDDEN("span"), HIDDEN("b"), HIDDEN("a"), HIDDEN("x-y"), HIDDEN("dd"), HIDDEN("h1"),
    HIDDEN("button"), HIDDEN("form"), HIDDEN("section"), "<dialog open>", "<!-- -->", "<svg/>", "<mi/>",
    "<br/>", "<div/>", "<!doctype x>", "&shy;", "<!-->", "</>", "<?x>", "<span/>", "<frame>", BOTH("image")};
static const char *const letters[] = {"a", "b", "c", "d", "e", "f", "g", "h"};
#define N_LETTERS (sizeof(letters) / sizeof(*letters))

struct random_page {
    size_t n;
    const char *pieces[MAX_PIECES];
};

/* What a page that was cut down holds one of, if this is why it differs. */
static const struct difference {
    const char *name;
    size_t most; /* of 10,000 pages; more of them are a reason of their own */
    const char *some[8];
} differences[] = {
    {"gumbo does not know dialog", 30, {"dialog"}},
    {"gumbo puts text before </form> behind it", 20, {"</form>"}},
    {"foster parenting: text between a table's cells stands before the table", 500, {"<table"}},
    {"a noscript that text ends in the head", 90, {"<noscript"}},
    {"what a select may hold, which the standard has changed", 10, {"<select"}},
    {"names of unknown elements are not kept", 10, {"x-y", "foreignobject"}},
    {"formatting that hides goes on behind what was hidden with it", 10, {"<a hidden", "<b hidden"}},
    {"formatting ends in the midst of what hides", 10, {"</b>", "</i>", "</a>", "</font>", "<nobr", "<a>"}},
    {"inline elements and options end in any order", 10,
        {"<option", "<optgroup", "</mi>", "</span>", "</rb>"}},
    {"scopes of applet, object, marquee and button", 10, {"<applet", "<marquee", "<object", "<button"}},
    {"HTML's names inside of svg and math", 10, {"<math", "<svg"}},
    {"ruby's parts end blocks", 10, {"<ruby"}},
    {"items outside of their lists", 10, {"<li", "<dd", "<dt"}},
    {"a heading starts in a heading", 2, {"<h1", "<h2"}},
    {"blocks end in any order", 2,
        {"</dl>", "</ul>", "</ol>", "</section>", "</div>", "</details>", "</pre>"}},
};
#define N_DIFFERENCES (sizeof(differences) / sizeof(*differences))

/* Asked by the leak sanitizer: gumbo loses texts of its own. */
__attribute__((visibility("default"))) const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libgumbo";
}

static uint64_t random_state = 1;

static size_t pick(size_t n)
{
    random_state = random_state * UINT64_C(6364136223846793005) + 1442695040888963407;
    return (size_t)(random_state >> 33) % n;
}

static void make_page(struct random_page *page)
{
    size_t n_letters = 0;

    page->n = 4 + pick(MAX_PIECES - 4);
    for (size_t i = 0; i < page->n; i++)
        page->pieces[i] = i % 2 && n_letters < N_LETTERS ? letters[n_letters++]
                                                         : markup[pick(sizeof(markup) / sizeof(*markup))];
}

static size_t write_page(const struct random_page *page, char html[static MAX_HTML])
{
    size_t size = (size_t)snprintf(html, MAX_HTML, "<!doctype html>");

    for (size_t i = 0; i < page->n; i++)
        size += (size_t)snprintf(html + size, MAX_HTML - size, "%s", page->pieces[i]);
    return size;
}

/* Without a word about it. */
static int same_counts(const struct words_counts *a, const struct words_counts *b)
{
    CLEANUP(freep) struct words_word *of_a = words_sorted(a), *of_b = words_sorted(b);
    size_t n = words_counts_distinct(a);

    if (n != words_counts_distinct(b))
        return 0;
    for (size_t i = 0; i < n; i++) {
        struct words_word x = of_a[i], y = of_b[i];

        if (x.length != y.length || memcmp(x.text, y.text, x.length) != 0 || x.tokens != y.tokens)
            return 0;
    }
    return 1;
}

static int agrees(struct words_page *words, const struct random_page *page)
{
    char html[MAX_HTML];
    size_t size = write_page(page, html);
    GumboOutput *tree = gumbo_parse_with_options(&kGumboDefaultOptions, html, size);
    struct words_counts *counts, *expected;
    struct gumbo_text text = {0};
    int good;

    gumbo_text_walk(&text, tree->document);
    counts = compare_count(words, WORDS_HTML, NULL, html, size, size);
    expected = compare_count(words, WORDS_TEXT, "utf-8", text.bytes, text.size, MAX_HTML);
    good = same_counts(counts, expected);
    words_counts_free(expected);
    words_counts_free(counts);
    gumbo_destroy_output(&kGumboDefaultOptions, tree);
    free(text.bytes);
    return good;
}

/* Takes out what can be missing without the difference going away. */
static void cut_down(struct words_page *words, struct random_page *page)
{
    size_t i = 0;

    while (i < page->n) {
        struct random_page less = *page;

        less.n--;
        memmove(less.pieces + i, less.pieces + i + 1, (less.n - i) * sizeof(*less.pieces));
        if (agrees(words, &less)) {
            i++;
        } else {
            *page = less;
            i = 0;
        }
    }
}

static int has_one_of(const char *html, const char *const *parts, size_t n)
{
    for (size_t i = 0; i < n && parts[i]; i++)
        if (strstr(html, parts[i]))
            return 1;
    return 0;
}

/* N_DIFFERENCES if there is no name for it. */
static size_t name_difference(const char *html)
{
    for (size_t i = 0; i < N_DIFFERENCES; i++)
        if (has_one_of(html, differences[i].some, 8))
            return i;
    return N_DIFFERENCES;
}

int main(int argc, char **argv)
{
    size_t n = argc > 1 ? strtoul(argv[1], NULL, 0) : 20000, counts[N_DIFFERENCES + 1] = {0};
    struct words_page *words;
    int bad;

    random_state = argc > 2 ? strtoul(argv[2], NULL, 0) : 1;
    compare_init();
    if (words_page_new(&words) < 0)
        return 1;
    for (size_t i = 0; i < n; i++) {
        struct random_page page;
        char html[MAX_HTML];
        size_t name;

        make_page(&page);
        if (agrees(words, &page))
            continue;
        cut_down(words, &page);
        (void)write_page(&page, html);
        name = name_difference(html);
        counts[name]++;
        if (name == N_DIFFERENCES)
            printf("no name for: %s\n", html);
    }
    words_page_free(words);
    bad = counts[N_DIFFERENCES] > 0;
    for (size_t i = 0; i < N_DIFFERENCES; i++) {
        int too_many = counts[i] * 10000 > differences[i].most * n;

        printf("%6zu of %zu: %s%s\n", counts[i], n, differences[i].name, too_many ? ": too many" : "");
        bad |= too_many;
    }
    printf("%6zu of %zu: without a name\n", counts[N_DIFFERENCES], n);
    return bad;
}
