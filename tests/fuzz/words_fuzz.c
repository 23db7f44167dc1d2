/* The whole engine: the first byte chooses the type, the rest is the page. Its counts are the same whatever
 * the chunks, and are what ICU alone counts in the text that is printed of it. */
#include "base/cleanup.h"
#include "words/words.h"
#include "words_oracle.h"
#include "words_sorted.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct output {
    char *bytes;
    size_t size;
};

static void check(int good)
{
    if (!good)
        abort();
}

static int collect(void *userdata, const char *utf8, size_t size)
{
    struct output *output = userdata;

    output->bytes = realloc(output->bytes, output->size + size);
    check(output->bytes != NULL);
    memcpy(output->bytes + output->size, utf8, size);
    output->size += size;
    return 0;
}

static struct words_counts *count(
    const struct words_options *options, const uint8_t *bytes, size_t size, size_t step)
{
    static struct words_page *page;
    struct words_counts *counts;

    check(page || words_page_new(&page) == 0);
    check(words_page_begin(page, options) == 0);
    for (size_t at = 0; at < size; at += step)
        check(words_page_feed(page, bytes + at, size - at < step ? size - at : step) == 0);
    check(words_page_finish(page, &counts) == 0);
    return counts;
}

static void print(
    const struct words_options *options, const uint8_t *bytes, size_t size, struct output *output)
{
    struct words_text *text;

    check(words_text_new(options, collect, output, &text) == 0);
    check(words_text_feed(text, bytes, size) == 0);
    check(words_text_finish(text) == 0);
    words_text_free(text);
}

static void check_same(const struct words_counts *a, const struct words_counts *b)
{
    CLEANUP(freep) struct words_word *of_a = words_sorted(a), *of_b = words_sorted(b);

    check(words_counts_distinct(a) == words_counts_distinct(b));
    for (size_t i = 0; i < words_counts_distinct(a); i++) {
        struct words_word x = of_a[i], y = of_b[i];

        check(x.length == y.length && x.tokens == y.tokens && memcmp(x.text, y.text, x.length) == 0);
    }
}

static void check_oracle(const struct words_counts *counts, const struct output *text)
{
    struct oracle *oracle = oracle_count(text->bytes ? text->bytes : "", text->size);
    CLEANUP(freep) struct words_word *words = words_sorted(counts);

    check(oracle_distinct(oracle) == words_counts_distinct(counts));
    for (size_t i = 0; i < oracle_distinct(oracle); i++) {
        struct words_word x = words[i];
        struct oracle_word y = oracle_get(oracle, i);

        check(x.length == strlen(y.key) && x.tokens == y.tokens && memcmp(x.text, y.key, x.length) == 0);
    }
    oracle_free(oracle);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const struct words_options choices[] = {{.type = WORDS_HTML, .charset = "utf-8"},
        {.type = WORDS_TEXT, .charset = "utf-8"}, {.type = WORDS_HTML, .charset = NULL},
        {.type = WORDS_TEXT, .charset = NULL}, {.type = WORDS_AUTO, .charset = NULL},
        {.type = WORDS_TEXT, .charset = "utf-16le"}};
    const struct words_options *options;
    struct words_counts *whole, *cut;
    struct output text = {0};
    static bool loaded;

    if (!loaded) {
        check(words_init() == 0);
        oracle_init();
        loaded = true;
    }
    if (size < 1)
        return 0;
    options = &choices[data[0] % (sizeof(choices) / sizeof(*choices))];
    whole = count(options, data + 1, size - 1, size);
    cut = count(options, data + 1, size - 1, 1 + data[0] / 16);
    check_same(whole, cut);
    print(options, data + 1, size - 1, &text);
    check_oracle(whole, &text);
    words_counts_free(cut);
    words_counts_free(whole);
    free(text.bytes);
    return 0;
}
