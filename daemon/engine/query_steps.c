#include "engine/query_run.h"

#include "counts/totals.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

/* ---- turns: which jobs are looked at together ---- */

static bool is_last_turn(const struct query *query)
{
    return query->turn + query->n_turn >= query->options.n_jobs;
}

/* Whether what is asked may be kept in memory, group by group. */
static bool keeps_groups(const struct query *query)
{
    const struct query_options *options = &query->options;

    return options->engine && options->n_jobs == 1 &&
        (options->per == QUERY_PER_HOST || options->per == QUERY_PER_LABEL) && !options->host &&
        !options->url && !options->pages && !options->unique;
}

static enum query_stage first_stage(const struct query *query)
{
    const struct query_options *options = &query->options;

    if (query->n_turn == 0)
        return QUERY_JOIN;
    if (keeps_groups(query))
        return QUERY_RUNNING;
    if (query->n_turn == 1 && (options->per == QUERY_PER_NONE || options->per == QUERY_PER_JOB) &&
        !options->host && !options->url && !options->pages && !options->unique)
        return QUERY_TOTALS;
    return QUERY_WORDS;
}

void query_begin_turn(struct query *query, size_t turn)
{
    bool one_by_one = query->options.per == QUERY_PER_PAGE || query->options.per == QUERY_PER_JOB;

    query_kept_deinit(&query->kept);
    query_groups_deinit(&query->groups);
    query_unique_deinit(&query->unique);
    query_words_deinit(&query->words);
    free(query->totals);
    query->totals = NULL;
    query->turn = turn;
    query->n_turn = query->options.n_jobs - turn;
    if (one_by_one && query->n_turn > 1)
        query->n_turn = 1;
    query_groups_init(&query->groups, query->options.per, query->n_turn > 1 || query->options.url);
    query->job = 0;
    query->stage = first_stage(query);
}

static enum query_stage reading_stage(const struct query *query)
{
    return query->options.per == QUERY_PER_PAGE || query->options.url ? QUERY_URLS : QUERY_SCAN;
}

static void begin_reading(struct query *query, enum query_stage stage)
{
    query->job = 0;
    query->after = 0;
    query->ranked = 0;
    query->stage = query->n_turn > 0 ? stage : QUERY_RANK;
    if (stage == QUERY_URLS)
        query_unique_deinit(&query->unique);
    query_reach_reset(query);
    if (stage == QUERY_SCAN && query_is_merging(query))
        (void)query_reach_pick(query);
}

/* The pages of a job were all read: on to the next one's. */
static void next_job(struct query *query)
{
    query->job++;
    query->after = 0;
    query_groups_next_job(&query->groups);
    if (query->job < query->n_turn)
        return;
    if (query->stage == QUERY_UNIQUE)
        begin_reading(query, QUERY_SCAN);
    else
        query->stage = QUERY_RANK;
}

bool query_is_end(const struct query *query)
{
    if (!is_last_turn(query))
        return false;
    if (query->kept.active)
        return query->kept.end && query->kept.n_given == query->kept.n;
    if (query->options.per == QUERY_PER_PAGE)
        return query->n_turn == 0 || (query->rows_end && query->ranked == query->n_rows);
    return query->ranked >= query->groups.n && !query->groups.overflow;
}

/* The groups that were kept were given: what is behind them is asked for anew, and is of a later moment. */
static int go_on_kept(struct query *query)
{
    struct query_kept *kept = &query->kept;
    int r;

    query->stage = QUERY_RANK;
    if (kept->n_given < kept->n)
        return 0;
    if (kept->end) {
        query_begin_turn(query, query->turn + query->n_turn);
        return 0;
    }
    r = query_groups_skip(&query->groups, kept->after, kept->n);
    if (r < 0)
        return r;
    query_kept_next(kept);
    query_words_deinit(&query->words);
    query->job = 0;
    query->stage = QUERY_RUNNING;
    return 0;
}

int query_go_on(struct query *query)
{
    query_forget_given(query);
    if (query->kept.active)
        return go_on_kept(query);
    if (query->options.per == QUERY_PER_PAGE) {
        if (query->ranked < query->n_rows)
            query->stage = QUERY_RANK;
        else if (!query->rows_end)
            query->stage = QUERY_URLS;
        else
            query_begin_turn(query, query->turn + 1);
        return 0;
    }
    if (query->ranked < query->groups.n) {
        query->stage = QUERY_RANK;
        return 0;
    }
    if (query->groups.overflow) {
        begin_reading(query, reading_stage(query));
        return query_groups_next_part(&query->groups);
    }
    query_begin_turn(query, query->turn + query->n_turn);
    return 0;
}

/* ---- what is done when a request came back ---- */

static void join_done(struct query *query)
{
    enum query_stage stage = reading_stage(query);

    query->kept.active = query->running.lent && keeps_groups(query);
    if (query->totals || query->running.lent)
        query->stage = QUERY_RANK;
    else
        begin_reading(query, query->options.unique && stage == QUERY_SCAN ? QUERY_UNIQUE : stage);
}

static int words_done(struct query *query)
{
    int r = query_words_add(&query->words, query->read_words.rows, query->read_words.n_rows);

    if (r < 0)
        return r;
    if (++query->job == query->n_turn)
        query->stage = QUERY_JOIN;
    return 0;
}

static void urls_done(struct query *query)
{
    store_rows_free(query->rows);
    query->rows = query->read_urls.rows;
    query->n_rows = query->read_urls.n_rows;
    query->after = query->read_urls.next_after;
    query->rows_end = query->read_urls.end;
    query->ranked = 0;
    query->stage = query->options.per == QUERY_PER_PAGE ? QUERY_RANK : QUERY_GROUP;
}

static void group_done(struct query *query)
{
    query->stage = QUERY_URLS;
    query->ranked = 0;
    if (query->rows_end)
        next_job(query);
}

static int scan_done(struct query *query, bool end)
{
    int r;

    if (!query_is_merging(query)) {
        next_job(query);
        return 0;
    }
    r = query_reach_note(query, end);
    if (r == 0 && !query_reach_pick(query))
        query->stage = QUERY_RANK;
    return r;
}

static int rank_done(struct query *query)
{
    if (query->kept.active) {
        if (query->running.lent && !query_kept_is_full(&query->kept))
            return 0;
        running_give_back(&query->running);
        query->n_given = query_kept_give(&query->kept, query->given);
        query->stage = QUERY_GIVE;
        return 0;
    }
    if (query->n_given == 0 && !query_is_end(query))
        return query_go_on(query);
    query->stage = QUERY_GIVE;
    return 0;
}

int query_run_work(void *userdata)
{
    struct query *query = userdata;

    if (query->error < 0)
        return query->error;
    if (query->stage == QUERY_JOIN)
        return query_join(query);
    if (query->stage == QUERY_GROUP)
        return query_add_rows(query);
    assert(query->stage == QUERY_RANK);
    return query_rank(query);
}

/* A row of fewer pages than the job has, as older versions may have left one, is none. */
static void totals_done(struct query *query)
{
    const struct store_read_totals *row = &query->read_totals;
    uint64_t n_pages = 0;

    if (row->bytes && counts_totals_packed_pages(row->bytes, row->size, &n_pages) == 0 &&
        n_pages == row->counted) {
        query->totals = row->bytes;
        query->totals_size = row->size;
    } else {
        free(row->bytes);
    }
    query->stage = query->totals || !query->options.engine ? QUERY_WORDS : QUERY_RUNNING;
}

int query_take_reply(struct query *query)
{
    int r = query->request.r;
    bool full = query->stage == QUERY_SCAN && r == QUERY_PART_IS_FULL;

    if (query->request.kind == STORE_READ_JOBS && r == 0) {
        store_rows_free(query->read_jobs.rows);
        r = query_run_work(query);
    }
    if (query->stage == QUERY_RANK && (r < 0 || !query->kept.active))
        running_give_back(&query->running);
    if (r < 0 && !full)
        return r;
    switch (query->stage) {
    case QUERY_TOTALS:
        totals_done(query);
        return 0;
    case QUERY_WORDS:
        return words_done(query);
    case QUERY_JOIN:
        join_done(query);
        return 0;
    case QUERY_UNIQUE:
        next_job(query);
        return 0;
    case QUERY_SCAN:
        return scan_done(query, !full);
    case QUERY_URLS:
        urls_done(query);
        return 0;
    case QUERY_GROUP:
        group_done(query);
        return 0;
    case QUERY_RANK:
        return rank_done(query);
    case QUERY_RUNNING:
    case QUERY_GIVE:
    case QUERY_WAIT:
    case QUERY_ENDED:
        break;
    }
    assert(false);
    return -EINVAL;
}
