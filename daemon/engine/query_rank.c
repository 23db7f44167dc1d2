#include "engine/query_rank.h"

#include "base/cleanup.h"
#include "counts/totals.h"
#include <errno.h>

DEFINE_CLEANUP(struct counts_ranking *, counts_ranking_free)
DEFINE_CLEANUP(struct counts_totals *, counts_totals_free)

/* `pages`: of the group. */
static int add(struct query_words *words, const struct query_options *options, struct counts_ranking *ranking,
    uint64_t pages, uint32_t number, struct counts_sum sum)
{
    struct counts_entry entry = {.tokens = sum.tokens, .pages = sum.pages, .hosts = sum.hosts};
    struct query_string word;

    /* Before anything that looks at the text: texts lie anywhere in megabytes, and most words of a group are
     * too rare for its first k. */
    if (!counts_ranking_may_take(ranking, &entry))
        return 0;
    if (options->max_pages > 0 && (double)sum.pages > options->max_pages * (double)pages)
        return 0;
    if (!query_words_passes(words, &options->filter, number))
        return 0;
    word = query_words_text(words, number);
    entry.word = word.text;
    entry.length = word.length;
    return counts_ranking_add(ranking, &entry);
}

int query_rank_bag(struct query_words *words, const struct query_options *options,
    const struct query_bag *bag, struct counts_ranking **ret)
{
    CLEANUP(counts_ranking_freep) struct counts_ranking *ranking = NULL;
    int r = counts_ranking_new(options->k, options->by, &ranking);

    if (r < 0)
        return r;
    for (size_t i = 0; i < bag->n_slots; i++) {
        const struct query_count *count = &bag->slots[i];

        if (!count->word_plus_one)
            continue;
        r = add(words, options, ranking, bag->pages, count->word_plus_one - 1,
            (struct counts_sum){.tokens = count->tokens, .pages = count->pages, .hosts = count->hosts});
        if (r < 0)
            return r;
    }
    counts_ranking_finish(ranking);
    *ret = TAKE(ranking);
    return 0;
}

/* By which a word is ranked. */
static inline uint64_t number_of(enum counts_by by, uint64_t tokens, uint64_t pages, uint64_t hosts)
{
    return by == COUNTS_BY_TOKENS ? tokens
        : by == COUNTS_BY_PAGES   ? pages
        : by == COUNTS_BY_HOSTS   ? hosts
                                  : 0;
}

static bool may_take_one(const struct counts_ranking *ranking)
{
    const struct counts_entry least = {.tokens = 1, .pages = 1, .hosts = 1};

    return counts_ranking_may_take(ranking, &least);
}

static int rank_words(struct query_words *words, const struct query_options *options,
    const struct counts_cell *cell, bool ones, struct counts_ranking *ranking)
{
    const struct query_list *list = &words->lists[0];
    struct counts_cell_reader reader;
    struct counts_mixed word;
    uint64_t least = counts_ranking_least(ranking);
    int r = 0;

    counts_cell_read(&reader, cell, ones);
    while (r == 0 && counts_cell_next(&reader, &word)) {
        /* To look at each text costs more than all else: they lie anywhere in megabytes. */
        if (!list->is_whole && !list->rows[word.id].text)
            return -EUCLEAN;
        if (number_of(options->by, word.tokens, word.pages, word.hosts) < least)
            continue;
        r = add(words, options, ranking, cell->pages, word.id,
            (struct counts_sum){.tokens = word.tokens, .pages = word.pages, .hosts = word.hosts});
        least = counts_ranking_least(ranking);
    }
    return r;
}

int query_rank_cell(struct query_words *words, const struct query_options *options,
    const struct counts_cell *cell, struct counts_ranking **ret)
{
    CLEANUP(counts_ranking_freep) struct counts_ranking *ranking = NULL;
    int r = counts_ranking_new(options->k, options->by, &ranking);

    if (r < 0)
        return r;
    if (cell->distinct > 0 && cell->last_id >= query_words_n(words))
        return -EUCLEAN;
    r = rank_words(words, options, cell, false, ranking);
    if (r == 0 && may_take_one(ranking))
        r = rank_words(words, options, cell, true, ranking);
    if (r < 0)
        return r;
    counts_ranking_finish(ranking);
    *ret = TAKE(ranking);
    return 0;
}

int query_rank_page(
    struct query_words *words, const struct query_options *options, struct counts_ranking **ret)
{
    CLEANUP(counts_ranking_freep) struct counts_ranking *ranking = NULL;
    uint64_t least = 0;
    int r = counts_ranking_new(options->k, options->by, &ranking);

    if (r < 0)
        return r;
    for (size_t i = 0; i < words->n_pairs; i++) {
        if (number_of(options->by, words->pairs[i].tokens, 1, 1) < least)
            continue;
        r = add(words, options, ranking, 1, words->pairs[i].id,
            (struct counts_sum){.tokens = words->pairs[i].tokens, .pages = 1, .hosts = 1});
        if (r < 0)
            return r;
        least = counts_ranking_least(ranking);
    }
    counts_ranking_finish(ranking);
    *ret = TAKE(ranking);
    return 0;
}

int query_rank_totals(struct query_words *words, const struct query_options *options,
    const struct counts_totals *totals, struct query_group *ret_group)
{
    CLEANUP(counts_ranking_freep) struct counts_ranking *ranking = NULL;
    uint32_t n_ids = counts_totals_n_ids(totals);
    int r;

    if (n_ids > query_words_n(words))
        return -EUCLEAN;
    r = counts_ranking_new(options->k, options->by, &ranking);
    if (r < 0)
        return r;
    for (uint32_t id = 0; id < n_ids; id++) {
        struct counts_sum sum = counts_totals_get(totals, id);

        if (sum.tokens == 0)
            continue;
        if (!words->lists[0].rows[id].text)
            return -EUCLEAN;
        r = add(words, options, ranking, counts_totals_pages(totals), id, sum);
        if (r < 0)
            return r;
    }
    counts_ranking_finish(ranking);
    ret_group->pages = counts_totals_pages(totals);
    ret_group->tokens = counts_totals_tokens(totals);
    ret_group->distinct = counts_totals_distinct(totals);
    ret_group->ranking = TAKE(ranking);
    return 0;
}

int query_rank_packed(struct query_words *words, const struct query_options *options, const void *packed,
    size_t size, struct query_group *ret_group)
{
    CLEANUP(counts_totals_freep) struct counts_totals *totals = NULL;
    int r = counts_totals_unpack(packed, size, &totals);

    if (r < 0)
        return r == -EBADMSG ? -EUCLEAN : r;
    return query_rank_totals(words, options, totals, ret_group);
}
