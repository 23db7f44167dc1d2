#include "cmocka_words.h"
#include "words/result.h"

static void add(struct table *table, const char *key)
{
    uint8_t bytes[128] = {0};

    memcpy(bytes, key, strlen(key));
    assert_int_equal(table_add(table, bytes, (uint32_t)strlen(key)), 0);
}

static struct words_counts *result_of(const char *const *keys, size_t n)
{
    struct table table = {0};
    struct words_counts *counts;

    for (size_t i = 0; i < n; i++)
        add(&table, keys[i]);
    assert_int_equal(words_counts_new(&table, &counts), 0);
    table_deinit(&table);
    return counts;
}

static void words_are_in_the_order_of_their_code_points(void **state)
{
    static const char *const keys[] = {"b", "abcdefghi", "abcdefgh", "a", "\uFFFD", "\U00010000", "abcdefghz",
        "ab", "\u00E9", "abcdefghabc", "abcdefg", "b"};
    struct words_counts *counts = result_of(keys, sizeof(keys) / sizeof(*keys));
    char *printed = print_counts(counts);

    assert_string_equal(printed,
        "a=1 ab=1 abcdefg=1 abcdefgh=1 abcdefghabc=1 abcdefghi=1 abcdefghz=1 b=2 \u00E9=1 \uFFFD=1 "
        "\U00010000=1");
    assert_int_equal(words_counts_tokens(counts), 12);
    assert_int_equal(words_counts_distinct(counts), 11);
    assert_true(words_counts_memory(counts) > 0);
    free(printed);
    words_counts_free(counts);
}

/* Some differ in their first four bytes, some in the next four, some later. */
static void many_words_are_in_order(void **state)
{
    static const char *const prefixes[] = {"", "four", "common prefix "};
    struct table table = {0};
    struct words_counts *counts;
    char key[64];

    for (unsigned i = 0; i < 20000; i++) {
        snprintf(key, sizeof(key), "%s%u", prefixes[i % 3], i * 2654435761u);
        add(&table, key);
    }
    assert_int_equal(words_counts_new(&table, &counts), 0);

    for (size_t i = 1; i < words_counts_distinct(counts); i++) {
        struct words_word a = words_counts_get(counts, i - 1), b = words_counts_get(counts, i);
        int order = memcmp(a.text, b.text, a.length < b.length ? a.length : b.length);

        assert_true(order < 0 || (order == 0 && a.length < b.length));
    }
    words_counts_free(counts);
    table_deinit(&table);
}

static void no_words_are_a_result_too(void **state)
{
    struct words_counts *counts = result_of(NULL, 0);

    assert_int_equal(words_counts_distinct(counts), 0);
    assert_int_equal(words_counts_tokens(counts), 0);
    words_counts_free(counts);
    words_counts_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_are_in_the_order_of_their_code_points),
        cmocka_unit_test(many_words_are_in_order),
        cmocka_unit_test(no_words_are_a_result_too),
    };

    table_init_secret();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
