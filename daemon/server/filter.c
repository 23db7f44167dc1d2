#include "server/filter.h"

#include "words/words.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What is typed is spelled as the words are that it is to match. */
static int make_key(struct work *work, const char *typed, const char **ret)
{
    char key[WORDS_MAX_KEY];
    size_t size;
    char *copy;
    int r = words_key(typed, strlen(typed), key, &size);

    if (r < 0)
        return r;
    if (size == 0)
        return work_copy(work, typed, ret);
    copy = arena_allocate(&work->arena, size + 1);
    if (!copy)
        return -ENOMEM;
    memcpy(copy, key, size);
    copy[size] = '\0';
    *ret = copy;
    return 0;
}

static int make_keys(struct work *work, const char *const *typed, size_t n, const char ***ret)
{
    const char **keys = arena_allocate(&work->arena, (n + 1) * sizeof(*keys));

    if (!keys)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        int r = make_key(work, typed[i], &keys[i]);

        if (r < 0)
            return r;
    }
    *ret = keys;
    return 0;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int filter_take(struct work *work, const struct wire_word_filter *in, struct counts_filter *ret)
{
    const char **matches, **excluded;
    int r;

    if (in->min_length.value < 0 || in->min_length.value > UINT32_MAX) {
        call_refuse(work->call, WIRE_INVALID_INPUT, "minLength is from 0 up to 4294967295");
        return -EINVAL;
    }
    r = make_keys(work, in->match, in->n_match, &matches);
    if (r == 0)
        r = make_keys(work, in->stop_words, in->n_stop_words, &excluded);
    if (r < 0)
        return r;
    qsort(excluded, in->n_stop_words, sizeof(*excluded), compare_texts);
    *ret = (struct counts_filter){.min_length = (uint32_t)in->min_length.value,
        .no_numbers = in->no_numbers.value,
        .matches = matches,
        .n_matches = in->n_match,
        .excluded = excluded,
        .n_excluded = in->n_stop_words};
    return 0;
}
