#include "words_compare.h"

#include "base/cleanup.h"
#include "words_sorted.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void check(int r, const char *what)
{
    if (r == 0)
        return;
    fprintf(stderr, "%s: %s\n", what, strerror(-r));
    abort();
}

void compare_init(void)
{
    int r = words_init();

    if (r == -EOPNOTSUPP) {
        printf("SKIP: this processor lacks %s\n", getenv(WORDS_CPU_VARIABLE));
        exit(77);
    }
    check(r, "words_init");
}

struct words_counts *compare_count(struct words_page *page, enum words_type type, const char *charset,
    const void *bytes, size_t size, size_t step)
{
    struct words_options options = {.type = type, .charset = charset};
    struct words_counts *counts;

    check(words_page_begin(page, &options), "words_page_begin");
    for (size_t at = 0; at < size; at += step)
        check(words_page_feed(page, (const char *)bytes + at, size - at < step ? size - at : step),
            "words_page_feed");
    check(words_page_finish(page, &counts), "words_page_finish");
    return counts;
}

struct output {
    char *text;
    size_t size;
};

static int collect(void *userdata, const char *utf8, size_t size)
{
    struct output *output = userdata;
    char *text = realloc(output->text, output->size + size + 1);

    check(text ? 0 : -12, "output");
    memcpy(text + output->size, utf8, size);
    output->text = text;
    output->size += size;
    text[output->size] = '\0';
    return 0;
}

char *compare_text(
    enum words_type type, const char *charset, const void *bytes, size_t size, size_t step, size_t *ret_size)
{
    struct words_options options = {.type = type, .charset = charset};
    struct output output = {0};
    struct words_text *text;

    collect(&output, "", 0);
    check(words_text_new(&options, collect, &output, &text), "words_text_new");
    for (size_t at = 0; at < size; at += step)
        check(words_text_feed(text, (const char *)bytes + at, size - at < step ? size - at : step),
            "words_text_feed");
    check(words_text_finish(text), "words_text_finish");
    words_text_free(text);
    *ret_size = output.size;
    return output.text;
}

static int differ(const char *name, const char *a, size_t a_size, uint64_t a_tokens, const char *b,
    size_t b_size, uint64_t b_tokens)
{
    if (a_size == b_size && memcmp(a, b, a_size) == 0 && a_tokens == b_tokens)
        return 0;
    fprintf(stderr, "%.400s: %.*s %" PRIu64 " against %.*s %" PRIu64 "\n", name, (int)a_size, a, a_tokens,
        (int)b_size, b, b_tokens);
    return 1;
}

int compare_counts(const char *name, const struct words_counts *a, const struct words_counts *b)
{
    size_t n = words_counts_distinct(a), m = words_counts_distinct(b);
    CLEANUP(freep) struct words_word *of_a = words_sorted(a), *of_b = words_sorted(b);

    for (size_t i = 0; i < n || i < m; i++) {
        struct words_word x = {.text = "(none)", .length = 6}, y = x;

        if (i < n)
            x = of_a[i];
        if (i < m)
            y = of_b[i];
        if (differ(name, x.text, x.length, x.tokens, y.text, y.length, y.tokens))
            return 0;
    }
    return words_counts_tokens(a) == words_counts_tokens(b);
}

int compare_with_oracle(const char *name, const struct words_counts *counts, const struct oracle *oracle)
{
    size_t n = words_counts_distinct(counts), m = oracle_distinct(oracle);
    CLEANUP(freep) struct words_word *words = words_sorted(counts);

    for (size_t i = 0; i < n || i < m; i++) {
        struct words_word x = {.text = "(none)", .length = 6};
        struct oracle_word y = {.key = "(none)"};

        if (i < n)
            x = words[i];
        if (i < m)
            y = oracle_get(oracle, i);
        if (differ(name, x.text, x.length, x.tokens, y.key, strlen(y.key), y.tokens))
            return 0;
    }
    return words_counts_tokens(counts) == oracle_tokens(oracle);
}
