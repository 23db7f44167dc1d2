/* The words of a page in the order of their code points, for comparing. */
#pragma once

#include "words/words.h"
#include <stdlib.h>
#include <string.h>

static inline int words_compare_spelling(const void *a, const void *b)
{
    const struct words_word *x = a, *y = b;
    int order = memcmp(x->text, y->text, x->length < y->length ? x->length : y->length);

    return order != 0 ? order : (x->length > y->length) - (x->length < y->length);
}

/* For the caller to free, before the counts; ends the program for lack of memory. */
static inline struct words_word *words_sorted(const struct words_counts *counts)
{
    size_t n = words_counts_distinct(counts);
    struct words_word *words = calloc(n + 1, sizeof(*words));

    if (!words)
        abort();
    for (size_t i = 0; i < n; i++)
        words[i] = words_counts_get(counts, i);
    qsort(words, n, sizeof(*words), words_compare_spelling);
    return words;
}
