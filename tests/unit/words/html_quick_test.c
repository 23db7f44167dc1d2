/* The quick way through tags needs much markup ahead, and so never sees a page that comes byte by byte: both
 * must count the same on pages full of attributes. */
#include "cmocka_words.h"

#define MIN_PAGE 2048
#define MAX_PAGE 10240
#define N_PAGES 1000
#define MAX_PIECE 1024 /* what one round adds at most */

struct page {
    char bytes[MAX_PAGE + MAX_PIECE];
    size_t size;
    uint64_t random;
    unsigned n_words;
};

static unsigned any(struct page *page, unsigned n)
{
    page->random = page->random * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return (unsigned)(page->random >> 33) % n;
}

static void put(struct page *page, const char *text)
{
    size_t size = strlen(text);

    assert_true(page->size + size <= sizeof(page->bytes));
    memcpy(page->bytes + page->size, text, size);
    page->size += size;
}

#define PUT_ANY(page, texts) put(page, (texts)[any(page, sizeof(texts) / sizeof(*(texts)))])

/* No two are alike: what is counted tells which part of the page was seen. */
static void put_word(struct page *page)
{
    char word[16];

    snprintf(word, sizeof(word), "w%u", page->n_words++);
    put(page, word);
    if (any(page, 4) > 0)
        put(page, " ");
}

static void put_value(struct page *page)
{
    static const char *const values[] = {"", "a", "display:none", "display: none; color: red", "hidden",
        "&amp;", "&#110;", "&ampx=", "x y", "/", "//", "http://example.com/a?b=c&d=e#f", "\xC3\xA9", "none",
        "=", "`",
        "a-long-value-that-reaches-over-the-end-of-a-block-of-64-bytes-and-goes-on-for-a-while-behind-it"};
    static const char *const quoted[] = {">", "<", "<p>", "</p>", "\n", "'", "\""};
    char quote[] = {"\"'\0"[any(page, 3)], '\0'};

    put(page, quote);
    PUT_ANY(page, values);
    if (any(page, 4) == 0)
        PUT_ANY(page, quoted);
    put(page, quote);
}

static void put_attribute(struct page *page)
{
    static const char *const before[] = {" ", " ", " ", " ", "  ", "\n", "\t", "/", "", " / ", "\r\n", "\f"};
    static const char *const names[] = {"class", "id", "href", "title", "hidden", "style", "open", "type",
        "data-hidden", "x", "=", "STYLE", "Hidden", "hiddenx", "style-", "data-a-name-that-is-rather-long",
        "\"", "'", "<", "\xC3\xA9", "onclick"};
    static const char *const equals[] = {"=", "=", "=", "=", " = ", "=\n", "==", ""};

    PUT_ANY(page, before);
    PUT_ANY(page, names);
    if (any(page, 5) > 0) {
        PUT_ANY(page, equals);
        put_value(page);
    }
}

static void put_tag(struct page *page)
{
    static const char *const names[] = {"p", "div", "a", "b", "span", "td", "tr", "table", "li", "ul", "img",
        "input", "br", "h1", "dialog", "template", "noscript", "datalist", "colgroup", "progress", "textarea",
        "noframes", "script", "style", "title", "svg", "math", "x-y", "image", "fieldset", "blockquote",
        "select", "figcaption", "DIV", "TextArea", "form", "button", "x"};
    static const char *const more[] = {"x", "x", "=", "\"", "-", "foo", "_", "1"};
    const char *name = names[any(page, sizeof(names) / sizeof(*names))];
    bool is_end = any(page, 4) == 0;
    unsigned n = any(page, 6);

    put(page, is_end ? "</" : "<");
    put(page, name);
    if (any(page, 6) == 0)
        PUT_ANY(page, more);
    while (n-- > 0)
        put_attribute(page);
    put(page, any(page, 12) > 0 ? ">" : "/>");
    if (is_end || any(page, 4) == 0)
        return;
    /* Most end, lest the rest of the page be unseen. */
    put_word(page);
    put(page, "</");
    put(page, name);
    put(page, ">");
}

static void fill(struct page *page, uint64_t seed)
{
    static const char *const others[] = {"<!-- x -->", "&amp;", "&nbsp;", "<", "</>", "<!doctype html>",
        "\r\n", "<!-->", "\xC3\xA9", "&notit;", "</p>", "</div>",
        "</template></svg></math></noscript></select>", "</script></style></textarea></title></noframes>"};
    size_t size;

    *page = (struct page){.random = seed};
    size = MIN_PAGE + any(page, MAX_PAGE - MIN_PAGE);
    put(page, "<!doctype html><p>");
    while (page->size < size) {
        put_word(page);
        put_tag(page);
        if (any(page, 3) == 0)
            PUT_ANY(page, others);
    }
}

static char *count(const struct page *page, size_t step)
{
    struct words_counts *counts = count_bytes(WORDS_HTML, "utf-8", page->bytes, page->size, step);
    char *printed = print_counts(counts);

    words_counts_free(counts);
    return printed;
}

static void whole_pages_count_like_bytes(void **state)
{
    static struct page page;

    for (uint64_t seed = 1; seed <= N_PAGES; seed++) {
        char *bytewise, *whole, *cut;

        fill(&page, seed);
        bytewise = count(&page, 1);
        whole = count(&page, sizeof(page.bytes));
        cut = count(&page, 129 + any(&page, 1024));
        if (strcmp(whole, bytewise) != 0 || strcmp(cut, bytewise) != 0)
            fail_msg("page %llu:\n%.*s\nwhole: %s\ncut: %s\nbytewise: %s", (unsigned long long)seed,
                (int)page.size, page.bytes, whole, cut, bytewise);
        free(bytewise);
        free(whole);
        free(cut);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whole_pages_count_like_bytes),
    };

    return cmocka_run_group_tests(tests, load_words, NULL);
}
