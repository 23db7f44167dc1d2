/* What the tests of words share. */
#pragma once

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "words/words.h"

/* For cmocka_run_group_tests(). */
static inline int load_words(void **state)
{
    int r = words_init();

    if (r == -EOPNOTSUPP) {
        printf("SKIP: this processor lacks %s\n", getenv(WORDS_CPU_VARIABLE));
        exit(77);
    }
    return r;
}

/* Counts a page that comes in pieces of `step` bytes; for the caller to free. */
static inline struct words_counts *count_bytes(
    enum words_type type, const char *charset, const void *bytes, size_t size, size_t step)
{
    struct words_options options = {.type = type, .charset = charset};
    struct words_counts *counts;
    struct words_page *page;

    assert_int_equal(words_page_new(&page), 0);
    assert_int_equal(words_page_begin(page, &options), 0);
    for (size_t at = 0; at < size; at += step)
        assert_int_equal(
            words_page_feed(page, (const char *)bytes + at, size - at < step ? size - at : step), 0);
    assert_int_equal(words_page_finish(page, &counts), 0);
    words_page_free(page);
    return counts;
}

static inline int compare_words(const void *a, const void *b)
{
    const struct words_word *x = a, *y = b;
    int order = memcmp(x->text, y->text, x->length < y->length ? x->length : y->length);

    return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

/* "word=2 other=1", in the order of the keys; for the caller to free. */
static inline char *print_counts(const struct words_counts *counts)
{
    size_t size = 1, at = 0, n = words_counts_distinct(counts);
    struct words_word *words = calloc(n + 1, sizeof(*words));
    char *text;

    assert_non_null(words);
    for (size_t i = 0; i < n; i++) {
        words[i] = words_counts_get(counts, i);
        size += words[i].length + 24;
    }
    qsort(words, n, sizeof(*words), compare_words);
    text = malloc(size);
    assert_non_null(text);
    text[0] = '\0';
    for (size_t i = 0; i < n; i++) {
        struct words_word word = words[i];

        at += (size_t)snprintf(text + at, size - at, "%s%.*s=%llu", i > 0 ? " " : "", (int)word.length,
            word.text, (unsigned long long)word.tokens);
    }
    free(words);
    return text;
}

static inline void assert_bytes_count(
    enum words_type type, const void *bytes, size_t size, const char *expected)
{
    static const size_t steps[] = {1, 2, 3, 17, 1 << 20};

    for (size_t i = 0; i < sizeof(steps) / sizeof(*steps); i++) {
        struct words_counts *counts = count_bytes(type, NULL, bytes, size, steps[i]);
        char *printed = print_counts(counts);

        assert_string_equal(printed, expected);
        free(printed);
        words_counts_free(counts);
    }
}

/* Whatever the chunks. */
static inline void assert_html_counts(const char *html, const char *expected)
{
    assert_bytes_count(WORDS_HTML, html, strlen(html), expected);
}

static inline void assert_text_counts(const char *text, const char *expected)
{
    assert_bytes_count(WORDS_TEXT, text, strlen(text), expected);
}
