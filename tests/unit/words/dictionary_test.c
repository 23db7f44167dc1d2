#include "cmocka_words.h"
#include "words/dictionary.h"

static int collect(void *userdata, const uint8_t *word, size_t size)
{
    char *text = userdata;

    strncat(text, (const char *)word, size);
    strcat(text, "|");
    return 0;
}

static void assert_divided(const char *text, const char *expected)
{
    struct dictionary *dictionary;
    char words[1024] = "";

    assert_int_equal(dictionary_new(&dictionary), 0);
    assert_int_equal(dictionary_divide(dictionary, (const uint8_t *)text, strlen(text), collect, words), 0);
    assert_string_equal(words, expected);
    dictionary_free(dictionary);
}

static void segments_are_divided(void **state)
{
    assert_divided("\u6F22\u5B57\u6587\u5B57", "\u6F22\u5B57|\u6587\u5B57|");
    assert_divided("\u0E01\u0E32\u0E23\u0E17\u0E14\u0E2A\u0E2D\u0E1A",
        "\u0E01\u0E32\u0E23|\u0E17\u0E14\u0E2A\u0E2D\u0E1A|");
    assert_divided("\U00020000\u6F22\u5B57", "\U00020000|\u6F22\u5B57|");
}

static int stop(void *userdata, const uint8_t *word, size_t size)
{
    return -12;
}

static void failure_is_handed_up(void **state)
{
    struct dictionary *dictionary;

    assert_int_equal(dictionary_new(&dictionary), 0);
    assert_int_equal(dictionary_divide(dictionary, (const uint8_t *)"\u6F22", 3, stop, NULL), -12);
    dictionary_free(dictionary);
}

/* What one iterator has seen must not matter to what comes later. */
static void what_was_seen_before_does_not_matter(void **state)
{
    static const char *const texts[] = {"\u30FC\u30B8\u30E7\u30F3", "\u309B\u30FC\u30A0", "\u3031\u30FC",
        "\u1950_\u30FC", "\u6F22\u30FC\u5B57", "\uD55C\uAD6D\uC5B4", "\u0E01\u1950\u1780"};
    enum {
        N = sizeof(texts) / sizeof(*texts)
    };
    struct dictionary *used;

    assert_int_equal(dictionary_new(&used), 0);
    for (int round = 0; round < 2 * N; round++)
        for (int i = 0; i < N; i++) {
            const char *text = texts[(i * 3 + round) % N];
            struct dictionary *fresh;
            char a[256] = "", b[256] = "";

            assert_int_equal(dictionary_new(&fresh), 0);
            assert_int_equal(dictionary_divide(used, (const uint8_t *)text, strlen(text), collect, a), 0);
            assert_int_equal(dictionary_divide(fresh, (const uint8_t *)text, strlen(text), collect, b), 0);
            assert_string_equal(a, b);
            dictionary_free(fresh);
        }
    dictionary_free(used);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_are_divided),
        cmocka_unit_test(failure_is_handed_up),
        cmocka_unit_test(what_was_seen_before_does_not_matter),
    };

    return cmocka_run_group_tests(tests, load_words, NULL);
}
