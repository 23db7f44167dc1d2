/* On real pages: the text that is printed counts, by ICU alone and by urlstat, to what the page counts,
 * whatever the chunks. */
#include "words_compare.h"
#include "words_files.h"

#include <stdio.h>
#include <stdlib.h>

static int test_page(struct words_page *page, const char *path, size_t step)
{
    size_t size, text_size;
    char *bytes = words_files_read(path, &size);
    char *text = compare_text(WORDS_HTML, NULL, bytes, size, 16384, &text_size);
    struct words_counts *counts = compare_count(page, WORDS_HTML, NULL, bytes, size, 16384);
    struct words_counts *again = compare_count(page, WORDS_TEXT, "utf-8", text, text_size, 16384);
    struct words_counts *cut = compare_count(page, WORDS_HTML, NULL, bytes, size, step);
    struct oracle *oracle = oracle_count(text, text_size);
    int good = compare_with_oracle(path, counts, oracle) && compare_counts(path, counts, again) &&
        compare_counts(path, counts, cut);

    oracle_free(oracle);
    words_counts_free(cut);
    words_counts_free(again);
    words_counts_free(counts);
    free(text);
    free(bytes);
    return good;
}

int main(void)
{
    static const size_t steps[] = {1, 2, 3, 17};
    const char *missing;
    struct words_page *page;
    size_t n, n_bad = 0;
    char **files = words_files(&n, &missing);

    if (!files) {
        printf("SKIP: package %s is not installed\n", missing);
        return 77;
    }
    compare_init();
    if (words_page_new(&page) < 0)
        return 1;
    oracle_init();
    for (size_t i = 0; i < n; i++) {
        n_bad += !test_page(page, files[i], steps[i % 4]);
        free(files[i]);
    }
    free(files);
    words_page_free(page);
    printf("%zu of %zu pages differ\n", n_bad, n);
    return n_bad > 0;
}
