#include "cmocka_words.h"
#include "failing.h"

/* Markup, a dictionary, a legacy encoding, a long word and enough different ones that every table grows. */
static const char *page_text(size_t *ret_size)
{
    static char text[256 * 1024];
    size_t size = 0;

    size += (size_t)snprintf(
        text, sizeof(text), "<meta charset=shift_jis><title>t</title><p hidden>x<p>\x93\xFA\x96{\x8C\xEA ");
    for (int i = 0; i < 5000; i++)
        size += (size_t)snprintf(text + size, sizeof(text) - size, "<b>word%d</b> ", i);
    memset(text + size, 'y', 100000);
    *ret_size = size + 100000;
    return text;
}

static int feed_page(struct words_page *page, struct words_counts **ret)
{
    struct words_options options = {.type = WORDS_HTML};
    const char *text;
    size_t size;
    int r = words_page_begin(page, &options);

    text = page_text(&size);
    for (size_t at = 0; at < size && r == 0; at += 4096)
        r = words_page_feed(page, text + at, size - at < 4096 ? size - at : 4096);
    return r == 0 ? words_page_finish(page, ret) : r;
}

static int run_page(void)
{
    struct words_counts *counts = NULL;
    struct words_page *page = NULL;
    int r = words_page_new(&page);

    if (r == 0)
        r = feed_page(page, &counts);
    if (r == 0)
        assert_int_equal(words_counts_distinct(counts), 5003);
    words_counts_free(counts);
    words_page_free(page);
    return r;
}

static int ignore(void *userdata, const char *utf8, size_t size)
{
    return 0;
}

static int run_text(void)
{
    struct words_options options = {.type = WORDS_HTML, .charset = "utf-8"};
    struct words_text *text = NULL;
    const char *page;
    size_t size;
    int r;

    page = page_text(&size);
    r = words_text_new(&options, ignore, NULL, &text);
    if (r == 0)
        r = words_text_feed(text, page, size);
    if (r == 0)
        r = words_text_finish(text);
    words_text_free(text);
    return r;
}

static int run_key(void)
{
    char key[WORDS_MAX_KEY];
    size_t size;

    return words_key("Stra\u00DFe\u0301", 9, key, &size);
}

static void page_survives_every_failed_allocation(void **state)
{
    failing_each(run_page);
}

static void text_survives_every_failed_allocation(void **state)
{
    failing_each(run_text);
}

static void key_survives_every_failed_allocation(void **state)
{
    failing_each(run_key);
}

static void page_can_be_begun_anew_after_a_failure(void **state)
{
    struct words_counts *counts;
    struct words_page *page;

    assert_int_equal(words_page_new(&page), 0);
    for (unsigned n = 1; n < 20; n += 3) {
        failing_nth(n);
        if (feed_page(page, &counts) == 0)
            words_counts_free(counts);
        failing_stop();
        assert_int_equal(feed_page(page, &counts), 0);
        assert_int_equal(words_counts_distinct(counts), 5003);
        assert_int_equal(words_counts_tokens(counts), 5003);
        words_counts_free(counts);
    }
    words_page_free(page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(page_survives_every_failed_allocation),
        cmocka_unit_test(text_survives_every_failed_allocation),
        cmocka_unit_test(key_survives_every_failed_allocation),
        cmocka_unit_test(page_can_be_begun_anew_after_a_failure),
    };

    return cmocka_run_group_tests(tests, load_words, NULL);
}
