/* Counts the words of a UTF-8 text on stdin with ICU alone: a line "TOKENS<tab>WORD" each, by tokens,
 * descending, then by code points. What `urlstatctl text` prints must count to what the page counts. */
#include "words_oracle.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *read_all(size_t *ret_size)
{
    size_t size = 0, capacity = 1 << 16;
    char *text = malloc(capacity);

    while (text && !feof(stdin) && !ferror(stdin)) {
        if (size == capacity)
            text = reallocarray(text, capacity *= 2, 1);
        if (text)
            size += fread(text + size, 1, capacity - size, stdin);
    }
    if (!text || ferror(stdin)) {
        perror("stdin");
        exit(1);
    }
    *ret_size = size;
    return text;
}

static int compare(const void *left, const void *right)
{
    const struct oracle_word *a = left, *b = right;

    if (a->tokens != b->tokens)
        return a->tokens > b->tokens ? -1 : 1;
    return strcmp(a->key, b->key);
}

int main(void)
{
    struct oracle_word *words;
    struct oracle *oracle;
    size_t size, n;
    char *text = read_all(&size);

    oracle_init();
    oracle = oracle_count(text, size);
    n = oracle_distinct(oracle);
    words = calloc(n + 1, sizeof(*words));
    if (!words) {
        perror("words");
        return 1;
    }
    for (size_t i = 0; i < n; i++)
        words[i] = oracle_get(oracle, i);
    qsort(words, n, sizeof(*words), compare);
    for (size_t i = 0; i < n; i++)
        printf("%" PRIu64 "\t%s\n", words[i].tokens, words[i].key);
    free(words);
    oracle_free(oracle);
    free(text);
    return fflush(stdout) == 0 ? 0 : 1;
}
