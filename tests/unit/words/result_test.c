#include "cmocka_words.h"
#include "words/key_hash.h"
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

static void every_word_is_there_once(void **state)
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

/* Of less than a unit of the table, of a whole one, and of several. */
static void hash_is_that_of_the_text(void **state)
{
    char key[100] = "";

    for (size_t length = 1; length < sizeof(key); length++) {
        const char *const keys[] = {key};
        struct words_counts *counts;
        struct words_word word;

        key[length - 1] = (char)('a' + length % 26);
        counts = result_of(keys, 1);
        word = words_counts_get(counts, 0);
        assert_int_equal(word.length, length);
        assert_int_equal(word.hash, words_hash(key, (uint32_t)length));
        words_counts_free(counts);
    }
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
        cmocka_unit_test(every_word_is_there_once),
        cmocka_unit_test(hash_is_that_of_the_text),
        cmocka_unit_test(no_words_are_a_result_too),
    };

    key_hash_init();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
