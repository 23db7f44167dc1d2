#include "engine/query_rank.h"
#include "engine/query_run.h"
#include "store/store_read.h"

#include <errno.h>

int query_join(struct query *query)
{
    int r = query_words_join(&query->words);

    query->groups.n_numbers = query_words_n(&query->words);
    return r;
}

static bool is_chosen(const struct query *query, uint64_t seq)
{
    const struct query_options *options = &query->options;

    if (!options->pages)
        return true;
    return seq / 8 < options->pages_size && options->pages[seq / 8] >> seq % 8 & 1;
}

int query_note_content(void *userdata, const struct store_page_row *row)
{
    struct query *query = userdata;
    int r;

    if (!is_chosen(query, row->seq))
        return 0;
    r = query_words_read(&query->words, (uint32_t)query->job, row->counts, row->counts_size);
    if (r <= 0)
        return r;
    return query_unique_add(&query->unique, (uint32_t)query->job, row->content_hash, row->seq);
}

int query_add_page(void *userdata, const struct store_page_row *row)
{
    struct query *query = userdata;
    uint32_t job = (uint32_t)query->job;
    int r;

    if (query_groups_is_behind(&query->groups, row->host))
        return QUERY_PART_IS_FULL;
    if (!is_chosen(query, row->seq))
        return 0;
    r = query_is_merging(query) ? query_reach_check(query, row->host) : 0;
    if (r < 0)
        return r;
    if (query->options.unique && !query_unique_stands(&query->unique, job, row->content_hash, row->seq))
        return 0;
    r = query_words_read(&query->words, job, row->counts, row->counts_size);
    if (r <= 0)
        return r;
    r = query_groups_add(&query->groups, row->host, row->label, query->words.pairs, query->words.n_pairs);
    return r < 0 ? r : 0;
}

/* 1: this page takes part, and its words are in words->pairs. Rows come by seq, so of equal content the first
 * that comes stands for the others. */
static int take_row(struct query *query, const struct store_url_row *row)
{
    uint32_t job = (uint32_t)query->job;
    int r;

    if (!is_chosen(query, row->seq))
        return 0;
    r = query_words_read(&query->words, job, row->counts, row->counts_size);
    if (r <= 0 || !query->options.unique)
        return r;
    r = query_unique_add(&query->unique, job, row->content_hash, row->seq);
    if (r < 0)
        return r;
    return query_unique_stands(&query->unique, job, row->content_hash, row->seq);
}

int query_add_rows(struct query *query)
{
    for (size_t i = 0; i < query->n_rows; i++) {
        const struct store_url_row *row = &query->rows[i];
        int r = take_row(query, row);

        if (r < 0)
            return r;
        if (r == 0)
            continue;
        r = query_groups_add(&query->groups, row->host, row->label, query->words.pairs, query->words.n_pairs);
        if (r < 0)
            return r;
    }
    return 0;
}

static int rank_rows(struct query *query)
{
    while (query->ranked < query->n_rows && query->n_given < QUERY_MAX_GROUPS) {
        const struct store_url_row *row = &query->rows[query->ranked];
        struct query_group *group = &query->given[query->n_given];
        int r = take_row(query, row);

        if (r > 0) {
            *group = (struct query_group){
                .job = row->job,
                .page = row->seq,
                .url = row->url,
                .pages = 1,
                .tokens = row->tokens,
                .distinct = query->words.n_pairs,
            };
            r = query_rank_page(&query->words, &query->options, &group->ranking);
            if (r == 0)
                query->n_given++;
        }
        if (r < 0)
            return r;
        query->ranked++;
    }
    return 0;
}

static int rank_groups(struct query *query)
{
    while (query->ranked < query->groups.n && query->n_given < QUERY_MAX_GROUPS) {
        const struct query_group_bag *source = query->groups.items[query->ranked];
        struct query_group *group = &query->given[query->n_given];
        int r;

        *group = (struct query_group){
            .job = query->options.per == QUERY_PER_JOB ? query->options.jobs[query->turn] : 0,
            .host = query->options.per == QUERY_PER_HOST ? source->key : NULL,
            .label = query->options.per == QUERY_PER_LABEL ? source->key : NULL,
            .pages = source->bag.pages,
            .tokens = source->bag.tokens,
            .distinct = source->bag.n,
        };
        r = query_rank_bag(&query->words, &query->options, &source->bag, &group->ranking);
        if (r < 0)
            return r;
        query->n_given++;
        query->ranked++;
    }
    return 0;
}

/* The one group of all pages, when there were none. */
static int rank_nothing(struct query *query)
{
    struct query_group *group = &query->given[0];
    int r;

    *group = (struct query_group){
        .job = query->options.per == QUERY_PER_JOB ? query->options.jobs[query->turn] : 0};
    r = query_rank_bag(&query->words, &query->options, &(struct query_bag){0}, &group->ranking);
    if (r == 0)
        query->n_given = 1;
    return r;
}

int query_rank(struct query *query)
{
    int r;

    if (query->kept.active)
        return query->running.lent
            ? query_kept_rank(&query->kept, &query->words, &query->options, query->running.lent)
            : 0;
    if (query->options.per == QUERY_PER_PAGE)
        return rank_rows(query);
    if (query->totals || query->running.lent) {
        query->given[0] = (struct query_group){
            .job = query->options.per == QUERY_PER_JOB ? query->options.jobs[query->turn] : 0};
        r = query->running.lent ? query_rank_totals(&query->words, &query->options,
                                      query->running.lent->sum.totals, &query->given[0])
                                : query_rank_packed(&query->words, &query->options, query->totals,
                                      query->totals_size, &query->given[0]);
        if (r == 0)
            query->n_given = 1;
        return r;
    }
    if (query->groups.n == 0 &&
        (query->options.per == QUERY_PER_NONE || (query->options.per == QUERY_PER_JOB && query->n_turn > 0)))
        return rank_nothing(query);
    return rank_groups(query);
}

void query_forget_given(struct query *query)
{
    for (size_t i = 0; i < query->n_given; i++)
        counts_ranking_free(query->given[i].ranking);
    query->n_given = 0;
}
