/* On real pages: a full HTML parser finds the same words. */
#include "words_compare.h"
#include "words_files.h"
#include "words_gumbo.h"

#include <stdio.h>
#include <stdlib.h>

static int test_page(struct words_page *page, const char *path)
{
    struct gumbo_text text = {0};
    size_t size;
    char *bytes = words_files_read(path, &size);
    GumboOutput *tree = gumbo_parse_with_options(&kGumboDefaultOptions, bytes, size);
    struct words_counts *counts, *expected;
    int good;

    gumbo_text_walk(&text, tree->document);
    counts = compare_count(page, WORDS_HTML, NULL, bytes, size, 16384);
    expected = compare_count(page, WORDS_TEXT, "utf-8", text.bytes, text.size, 16384);
    good = compare_counts(path, counts, expected);
    words_counts_free(expected);
    words_counts_free(counts);
    gumbo_destroy_output(&kGumboDefaultOptions, tree);
    free(text.bytes);
    free(bytes);
    return good;
}

int main(int argc, char **argv)
{
    const char *missing = NULL;
    struct words_page *page;
    size_t n = (size_t)argc - 1, n_bad = 0;
    char **files = argc > 1 ? argv + 1 : words_files(&n, &missing);

    if (!files) {
        printf("SKIP: package %s is not installed\n", missing);
        return 77;
    }
    compare_init();
    if (words_page_new(&page) < 0)
        return 1;
    for (size_t i = 0; i < n; i++) {
        n_bad += !test_page(page, files[i]);
        if (argc == 1)
            free(files[i]);
    }
    if (argc == 1)
        free(files);
    words_page_free(page);
    printf("%zu of %zu pages differ\n", n_bad, n);
    return n_bad > 0;
}
