#include "cmocka_words.h"

#include <malloc.h>
#include <time.h>

/* Pages of this size, made of one thing again and again, must be counted in the time of their length and in
 * the memory of any page. The bounds are wide: they tell linear from quadratic, not fast from slow. */
#define PAGE_SIZE (10u << 20)
#define MAX_MEMORY (8u << 20)
#define MAX_SECONDS 60

static double now(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return (double)time.tv_sec + (double)time.tv_nsec * 1e-9;
}

/* What the C library has given out; less precise under sanitizers, which hold memory of their own. */
static size_t memory_in_use(void)
{
    struct mallinfo2 info = mallinfo2();

    return info.uordblks + info.hblkhd;
}

static uint64_t count_repeated(enum words_type type, const char *before, const char *part)
{
    struct words_options options = {.type = type, .charset = "utf-8"};
    size_t length = strlen(part), n = 65536 / length, memory;
    char *chunk = malloc(n * length);
    struct words_counts *counts;
    struct words_page *page;
    uint64_t tokens;
    double begin;

    assert_non_null(chunk);
    for (size_t i = 0; i < n; i++)
        memcpy(chunk + i * length, part, length);
    assert_int_equal(words_page_new(&page), 0);
    assert_int_equal(words_page_begin(page, &options), 0);
    assert_int_equal(words_page_feed(page, before, strlen(before)), 0);
    begin = now();
    memory = memory_in_use();
    for (size_t at = 0; at < PAGE_SIZE; at += n * length) {
        assert_int_equal(words_page_feed(page, chunk, n * length), 0);
        assert_true(memory_in_use() < memory + MAX_MEMORY);
        assert_true(now() - begin < MAX_SECONDS);
    }
    assert_int_equal(words_page_finish(page, &counts), 0);
    tokens = words_counts_tokens(counts);
    words_counts_free(counts);
    words_page_free(page);
    free(chunk);
    return tokens;
}

static void markup_without_end_is_linear(void **state)
{
    static const char *const parts[] = {"<", "</", "<!", "<!-", "<!--", "<a", "<a ", "<a b",
        "<a b=", "<a b='", "&", "&#", "&a", "&amp", "]]>", "-->", "<div>", "</div>", "<div hidden>", "<b><i>",
        "<p>", "<svg>", "<math>", "<table><tr><td>", "<select>", "<script>", "</script", "<title>",
        "<x-y hidden>", "<li hidden>"};

    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++)
        (void)count_repeated(WORDS_HTML, "", parts[i]);
}

static void references_are_linear(void **state)
{
    assert_int_equal(count_repeated(WORDS_HTML, "", "&amp;"), 0);
    (void)count_repeated(WORDS_HTML, "", "&notanentity;");
    assert_int_equal(count_repeated(WORDS_HTML, "&#", "0"), 0);
    assert_int_equal(count_repeated(WORDS_HTML, "&#x", "1"), 0);
    assert_int_equal(count_repeated(WORDS_HTML, "<a style='", "&amp;"), 0);
}

static void unclosed_things_are_linear(void **state)
{
    assert_int_equal(count_repeated(WORDS_HTML, "<a title='", "x"), 0);
    assert_int_equal(count_repeated(WORDS_HTML, "<a style='", "(;"), 0);
    assert_int_equal(count_repeated(WORDS_HTML, "<", "x"), 0);
    assert_int_equal(count_repeated(WORDS_HTML, "<a ", "x"), 0);
    assert_int_equal(count_repeated(WORDS_HTML, "<a ", "x=\"y\" "), 0);
    assert_int_equal(count_repeated(WORDS_HTML, "<a b=\"", "<a b=\""), 0);
    assert_int_equal(count_repeated(WORDS_HTML, "", "<div hidden><svg>"), 0);
    assert_int_equal(count_repeated(WORDS_HTML, "&", "a"), 1);
    assert_int_equal(count_repeated(WORDS_HTML, "<!--", "- "), 0);
    assert_int_equal(count_repeated(WORDS_HTML, "<script>", "<!--<script>"), 0);
    assert_int_equal(count_repeated(WORDS_HTML, "<script>", "x"), 0);
    assert_int_equal(count_repeated(WORDS_HTML, "<math><![CDATA[", "]"), 0);
    assert_int_equal(count_repeated(WORDS_HTML, "<textarea>", "</textare"), 0);
}

static void words_without_end_are_linear(void **state)
{
    assert_int_equal(count_repeated(WORDS_TEXT, "", "x"), 1);
    assert_int_equal(count_repeated(WORDS_TEXT, "", "\u0416"), 1);
    assert_int_equal(count_repeated(WORDS_TEXT, "", "1,"), 1);
    assert_int_equal(count_repeated(WORDS_TEXT, "", "a'"), 1);
    assert_int_equal(count_repeated(WORDS_TEXT, "a", "\u0301"), 1);
    assert_int_equal(count_repeated(WORDS_TEXT, "a'", "\u0301"), 1);
    assert_int_equal(count_repeated(WORDS_TEXT, "\u05D0\"", "\u200D"), 1);
    assert_int_equal(count_repeated(WORDS_TEXT, "", "\u0301\u0323"), 0);
    assert_int_equal(count_repeated(WORDS_TEXT, "", "_"), 1);
    assert_int_equal(count_repeated(WORDS_TEXT, "", " "), 0);
    assert_int_equal(count_repeated(WORDS_TEXT, "", "'"), 0);
    assert_int_equal(count_repeated(WORDS_TEXT, "", "\U0001F468\u200D"), 0);
}

static void runs_for_dictionaries_are_linear(void **state)
{
    (void)count_repeated(WORDS_TEXT, "", "\u6F22");
    (void)count_repeated(WORDS_TEXT, "", "\u30FC");
    (void)count_repeated(WORDS_TEXT, "", "\u0E01");
    (void)count_repeated(WORDS_TEXT, "", "\u0E01a");
    (void)count_repeated(WORDS_TEXT, "\u6F22'", "\u0301");
    (void)count_repeated(WORDS_TEXT, "", "\uD55C");
}

/* Of as many different words as a page can have, each takes what its record, slot and result take. */
static void different_words_take_memory_by_their_number(void **state)
{
    enum {
        N = 300000,
        MAX_BYTES_PER_WORD = 200
    };
    struct words_options options = {.type = WORDS_TEXT, .charset = "utf-8"};
    size_t before = memory_in_use();
    struct words_counts *counts;
    struct words_page *page;
    char word[32];

    assert_int_equal(words_page_new(&page), 0);
    assert_int_equal(words_page_begin(page, &options), 0);
    for (uint32_t i = 0; i < N; i++)
        assert_int_equal(
            words_page_feed(page, word, (size_t)snprintf(word, sizeof(word), "w%u ", i * 2654435761u)), 0);
    assert_int_equal(words_page_finish(page, &counts), 0);

    assert_int_equal(words_counts_distinct(counts), N);
    assert_true(memory_in_use() < before + (size_t)N * MAX_BYTES_PER_WORD);
    words_counts_free(counts);
    words_page_free(page);
}

static void malformed_bytes_are_linear(void **state)
{
    assert_int_equal(count_repeated(WORDS_TEXT, "", "\xFF"), 0);
    assert_int_equal(count_repeated(WORDS_TEXT, "", "\xE2\x82"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markup_without_end_is_linear),
        cmocka_unit_test(references_are_linear),
        cmocka_unit_test(unclosed_things_are_linear),
        cmocka_unit_test(words_without_end_are_linear),
        cmocka_unit_test(runs_for_dictionaries_are_linear),
        cmocka_unit_test(malformed_bytes_are_linear),
        cmocka_unit_test(different_words_take_memory_by_their_number),
    };

    return cmocka_run_group_tests(tests, load_words, NULL);
}
