#include "engine/query.h"

#include "base/cleanup.h"
#include "base/list.h"
#include "engine/query_options.h"
#include "engine/query_run.h"
#include "store/store.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>

static void destroy(struct query *query)
{
    if (!query)
        return;
    running_give_back(&query->running);
    query_forget_given(query);
    query_kept_deinit(&query->kept);
    query_groups_deinit(&query->groups);
    query_unique_deinit(&query->unique);
    query_words_deinit(&query->words);
    store_rows_free(query->rows);
    free(query->totals);
    query_reach_reset(query);
    free(query->reach);
    query_options_deinit(&query->options);
    free(query);
}

DEFINE_CLEANUP(struct query *, destroy)

static void give(struct query *query, int r, bool end)
{
    query->stage = end ? QUERY_ENDED : QUERY_WAIT;
    query->giving = true;
    query->part(query->userdata, r, r < 0 ? NULL : query->given, r < 0 ? 0 : query->n_given, end);
    query->giving = false;
    if (query->freed)
        destroy(query);
    else
        query_submit(query);
}

/* What a request brought and nobody takes. */
static void drop_reply(struct query *query)
{
    if (query->request.r < 0)
        return;
    if (query->request.kind == STORE_READ_TOTALS)
        free(query->read_totals.bytes);
    else if (query->request.kind == STORE_READ_WORDS)
        store_rows_free(query->read_words.rows);
    else if (query->request.kind == STORE_READ_URLS)
        store_rows_free(query->read_urls.rows);
    else if (query->request.kind == STORE_READ_JOBS)
        store_rows_free(query->read_jobs.rows);
}

void query_came_back(struct store_request *request, void *receiver)
{
    struct query *query = CONTAINER_OF(request, struct query, request);
    int r;

    query->under_way = false;
    if (query->freed) {
        drop_reply(query);
        destroy(query);
        return;
    }
    r = query_take_reply(query);
    if (r < 0)
        give(query, r, true);
    else if (query->stage == QUERY_GIVE)
        give(query, 0, query_is_end(query));
    else
        query_submit(query);
}

int query_new(struct store *store, const struct query_options *options, query_part part, void *userdata,
    struct query **ret)
{
    CLEANUP(destroyp) struct query *query = calloc(1, sizeof(*query));
    int r;

    if (!query)
        return -ENOMEM;
    r = query_options_copy(options, &query->options);
    if (r < 0)
        return r;
    query->reach = calloc(options->n_jobs + 1, sizeof(*query->reach));
    if (!query->reach)
        return -ENOMEM;
    /* All jobs together fill half of what is allowed, and a host is never cut. */
    query->max_shared = QUERY_MAX_SHARED_WORDS / 2 / (options->n_jobs + 1);
    query->store = store;
    query->part = part;
    query->userdata = userdata;
    query_begin_turn(query, 0);
    query_submit(query);
    *ret = TAKE(query);
    return 0;
}

void query_next(struct query *query)
{
    int r;

    assert(query->stage == QUERY_WAIT);
    r = query_go_on(query);
    if (r < 0) {
        /* Told from the reply that comes next, as every failure is. */
        query->error = r;
        query->stage = QUERY_RANK;
    }
    if (!query->giving)
        query_submit(query);
}

void query_free(struct query *query)
{
    if (!query)
        return;
    if (query->under_way && query->request.kind == STORE_SCAN_PAGES)
        query->scan.cancelled = true;
    if (query->under_way || query->giving)
        query->freed = true;
    else
        destroy(query);
}
