#include "cmocka_words.h"
#include "words/dictionary.h"

#include <pthread.h>
#include <unicode/ubrk.h>
#include <unicode/ustring.h>

static int collect(void *userdata, const uint8_t *word, size_t size)
{
    char *text = userdata;

    strncat(text, (const char *)word, size);
    strcat(text, "|");
    return 0;
}

static int collect_plain(void *userdata, const struct plain_words *words)
{
    for (size_t i = 0; i < words->n; i++) {
        assert_memory_equal(words->text + words->at[i], words->keys + words->at[i], words->length[i]);
        assert_int_equal(collect(userdata, words->keys + words->at[i], words->length[i]), 0);
    }
    return 0;
}

static int divide(struct dictionary *dictionary, const char *text, char *words)
{
    static const struct dictionary_sink sink = {.word = collect, .plain = collect_plain};
    static struct plain_words room;

    return dictionary_divide(dictionary, (const uint8_t *)text, strlen(text), &room, &sink, words);
}

static void assert_divided(const char *text, const char *expected)
{
    struct dictionary *dictionary;
    char words[1024] = "";

    assert_int_equal(dictionary_new(&dictionary), 0);
    assert_int_equal(divide(dictionary, text, words), 0);
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

static int stop_plain(void *userdata, const struct plain_words *words)
{
    return -13;
}

/* Of the first texts, and once what was divided is remembered. */
static void failure_is_handed_up(void **state)
{
    static const struct dictionary_sink sink = {.word = stop, .plain = stop_plain};
    static struct plain_words room;
    struct dictionary *dictionary;
    char text[3 * 4096 + 1], words[5 * 4096];

    assert_int_equal(dictionary_new(&dictionary), 0);
    assert_int_equal(dictionary_divide(dictionary, (const uint8_t *)"\u6F22", 3, &room, &sink, NULL), -12);
    for (size_t i = 0; i < sizeof(text) - 1; i += 3)
        memcpy(text + i, "\u3092", 3);
    text[sizeof(text) - 1] = words[0] = '\0';
    assert_int_equal(divide(dictionary, text, words), 0);
    assert_int_equal(strlen(words), 4 * 4096);
    assert_int_equal(dictionary_divide(dictionary, (const uint8_t *)"\u6F22", 3, &room, &sink, NULL), -13);
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
            assert_int_equal(divide(used, text, a), 0);
            assert_int_equal(divide(fresh, text, b), 0);
            assert_string_equal(a, b);
            dictionary_free(fresh);
        }
    dictionary_free(used);
}

/* As collect() would write ICU's own words. */
static void divide_by_icu(UBreakIterator *iterator, const char *text, char *words)
{
    UErrorCode status = U_ZERO_ERROR;
    UChar units[1024];
    int32_t n, from = 0, to;

    u_strFromUTF8(units, 1024, &n, text, -1, &status);
    ubrk_setText(iterator, units, n, &status);
    for (; (to = ubrk_next(iterator)) != UBRK_DONE; from = to) {
        int32_t size;

        if (ubrk_getRuleStatus(iterator) < UBRK_WORD_NUMBER)
            continue;
        u_strToUTF8(words, 64, &size, units + from, to - from, &status);
        words += size;
        *words++ = '|';
    }
    *words = '\0';
    assert_true(U_SUCCESS(status));
}

/* Words of the dictionary, their beginnings and ends in any order, so that many words overlap: divided like
 * by ICU, whatever is remembered. */
static void plain_texts_are_divided_as_by_icu(void **state)
{
    static const char *const pieces[] = {"\u65E5", "\u672C", "\u8A9E", "\u56F3", "\u66F8", "\u9928", "\u306E",
        "\u4E00", "\u89A7", "\u8868", "\u8AAD", "\u307F", "\u8FBC", "\u3059", "\u308B", "\u3053", "\u3068",
        "\u3067", "\u304D", "\u307E", "\u3057", "\u305F", "\u30AB", "\u30FC", "\u30C9", "\u30E1", "\u30CB",
        "\u30E5", "\u4E2D", "\u56FD", "\u4EBA", "\u6C11", "\u5927", "\u5B66", "\u751F", "\u6D3B", "\u7684",
        "\u3005", "\u3099", "\u309B", "\uFF76"};
    UErrorCode status = U_ZERO_ERROR;
    UBreakIterator *iterator = ubrk_open(UBRK_WORD, "", NULL, 0, &status);
    struct dictionary *dictionary;
    uint64_t x = 88172645463325252u;

    assert_true(U_SUCCESS(status));
    assert_int_equal(dictionary_new(&dictionary), 0);
    for (int i = 0; i < 20000; i++) {
        char text[128] = "", ours[512] = "", icus[512];
        /* Most texts are plain throughout. */
        size_t n_pieces = sizeof(pieces) / sizeof(*pieces) - (x >> 40 & 3 ? 4 : 0);

        for (int n = (int)(x >> 33) % 24; n >= 0; n--) {
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            strcat(text, pieces[(x >> 20) % n_pieces]);
        }
        assert_int_equal(divide(dictionary, text, ours), 0);
        divide_by_icu(iterator, text, icus);
        assert_string_equal(ours, icus);
    }
    dictionary_free(dictionary);
    ubrk_close(iterator);
}

static void *get(void *userdata)
{
    return dictionary_get(userdata) == 0 ? userdata : NULL;
}

static void each_thread_has_one_of_its_own(void **state)
{
    struct dictionary *mine, *again, *other = NULL;
    pthread_t thread;
    void *result;

    assert_int_equal(dictionary_get(&mine), 0);
    assert_int_equal(dictionary_get(&again), 0);
    assert_int_equal(pthread_create(&thread, NULL, get, &other), 0);
    assert_int_equal(pthread_join(thread, &result), 0);

    assert_ptr_equal(mine, again);
    assert_non_null(result);
    assert_ptr_not_equal(mine, other);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(segments_are_divided),
        cmocka_unit_test(failure_is_handed_up),
        cmocka_unit_test(what_was_seen_before_does_not_matter),
        cmocka_unit_test(each_thread_has_one_of_its_own),
        cmocka_unit_test(plain_texts_are_divided_as_by_icu),
    };

    return cmocka_run_group_tests(tests, load_words, NULL);
}
