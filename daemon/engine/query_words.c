#include "engine/query_words.h"

#include "base/array.h"
#include "store/store_read.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

void query_words_deinit(struct query_words *words)
{
    for (size_t i = 0; i < words->n_lists; i++) {
        store_rows_free(words->lists[i].rows);
        free(words->lists[i].numbers);
    }
    free(words->lists);
    query_strings_deinit(&words->strings);
    free(words->passed);
    free(words->pairs);
    *words = (struct query_words){0};
}

static bool is_whole(const struct store_words_row *rows, size_t n)
{
    for (size_t id = 0; id < n; id++)
        if (!rows[id].text)
            return false;
    return true;
}

int query_words_add(struct query_words *words, struct store_words_row *rows, size_t n)
{
    int r = array_reserve_one(&words->lists, words->n_lists, &words->capacity, sizeof(*words->lists));

    if (r < 0) {
        store_rows_free(rows);
        return r;
    }
    words->lists[words->n_lists++] = (struct query_list){.rows = rows, .n = n, .is_whole = is_whole(rows, n)};
    return 0;
}

static int join_list(struct query_words *words, struct query_list *list)
{
    list->numbers = malloc((list->n > 0 ? list->n : 1) * sizeof(*list->numbers));
    if (!list->numbers)
        return -ENOMEM;
    for (size_t id = 0; id < list->n; id++) {
        int r;

        if (!list->rows[id].text)
            continue;
        r = query_strings_number(
            &words->strings, list->rows[id].text, list->rows[id].length, &list->numbers[id]);
        if (r < 0)
            return r;
    }
    return 0;
}

int query_words_join(struct query_words *words)
{
    query_strings_init(&words->strings, false);
    if (words->n_lists > 1)
        for (size_t i = 0; i < words->n_lists; i++) {
            int r = join_list(words, &words->lists[i]);

            if (r < 0)
                return r;
        }
    words->passed = calloc(query_words_n(words) + 1, 1);
    return words->passed ? 0 : -ENOMEM;
}

size_t query_words_n(const struct query_words *words)
{
    if (words->n_lists == 1)
        return words->lists[0].n;
    return words->strings.n;
}

/* Every pair takes at least two bytes. */
static int reserve_pairs(struct query_words *words, size_t n)
{
    struct counts_pair *pairs;

    if (n <= words->pairs_capacity)
        return 0;
    pairs = reallocarray(words->pairs, n, sizeof(*pairs));
    if (!pairs)
        return -ENOMEM;
    words->pairs = pairs;
    words->pairs_capacity = n;
    return 0;
}

/* Whether the list has every word of the page, whose ids ascend. */
static bool has_all(const struct query_list *list, const struct counts_pair *pairs, size_t n)
{
    if (n > 0 && pairs[n - 1].id >= list->n)
        return false;
    /* To look at each text costs more than all else: they lie anywhere in megabytes. */
    for (size_t i = 0; !list->is_whole && i < n; i++)
        if (!list->rows[pairs[i].id].text)
            return false;
    return true;
}

int query_words_read(struct query_words *words, uint32_t list, const void *packed, size_t size)
{
    const struct query_list *source = &words->lists[list];
    int r;

    words->n_pairs = 0;
    r = reserve_pairs(words, size / 2 + 1);
    if (r == 0)
        r = counts_unpack(packed, size, words->pairs, &words->n_pairs);
    if (r < 0)
        return r == -EBADMSG ? -EUCLEAN : r;
    if (!has_all(source, words->pairs, words->n_pairs)) {
        words->n_pairs = 0;
        return 0;
    }
    for (size_t i = 0; source->numbers && i < words->n_pairs; i++)
        words->pairs[i].id = source->numbers[words->pairs[i].id];
    return 1;
}

struct query_string query_words_text(const struct query_words *words, uint32_t number)
{
    const struct store_words_row *row;

    assert(number < query_words_n(words));
    if (words->n_lists > 1)
        return words->strings.items[number];
    row = &words->lists[0].rows[number];
    return (struct query_string){.text = row->text, .length = row->length};
}

bool query_words_passes(struct query_words *words, const struct counts_filter *filter, uint32_t number)
{
    enum {
        UNKNOWN,
        PASSES,
        FAILS
    };

    if (counts_filter_is_empty(filter))
        return true;
    if (words->passed[number] == UNKNOWN) {
        struct query_string word = query_words_text(words, number);

        words->passed[number] = counts_filter_passes(filter, word.text, word.length) ? PASSES : FAILS;
    }
    return words->passed[number] == PASSES;
}
