#include "engine/compare.h"

#include "base/cleanup.h"
#include "base/list.h"
#include "engine/compare_list.h"
#include "engine/query_options.h"
#include "store/store.h"
#include "store/store_read.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct side {
    struct query_options options;
    struct query *query;
    const struct counts_ranking *ranking; /* the query's */
};

/* While a request is under way, all but `freed` belongs to the thread that runs it. */
struct compare {
    struct store *store;
    compare_done done;
    void *userdata;
    union {
        struct store_request request;
        struct store_scan_list scan;
        struct store_read_engines engines;
        struct store_scan_pages work;
    };
    bool under_way; /* the request belongs to the store */
    bool freed;     /* and it goes when that comes back */
    bool giving;

    struct side sides[COMPARE_SIDES];
    size_t held;   /* which side's list is held: the shorter one */
    size_t side;   /* which one is being read, or asked for its words */
    size_t n_read; /* lists, or their engines */
    struct compare_list list;
    struct counts_compare_options options;
    struct compare_result result;
};

static void destroy(struct compare *compare)
{
    if (!compare)
        return;
    for (size_t i = 0; i < COMPARE_SIDES; i++) {
        struct compare_sums *sums = &compare->result.sides[i];

        query_free(compare->sides[i].query);
        query_options_deinit(&compare->sides[i].options);
        for (size_t j = 0; j < sums->n_engines; j++)
            free(sums->engines[j]);
    }
    compare_list_deinit(&compare->list);
    free(compare->result.changes);
    free(compare);
}

DEFINE_CLEANUP(struct compare *, destroy)

static void give(struct compare *compare, int r)
{
    compare->giving = true;
    compare->done(compare->userdata, r, r < 0 ? NULL : &compare->result);
    compare->giving = false;
    if (compare->freed)
        destroy(compare);
}

static void hand_over(
    struct compare *compare, enum store_kind kind, void (*done)(struct store_request *, void *))
{
    compare->request.kind = kind;
    compare->request.done = done;
    compare->under_way = true;
    store_submit(compare->store, &compare->request);
}

/* False: nobody waits for it any more, and it is gone. */
static bool came_back(struct compare *compare)
{
    compare->under_way = false;
    if (!compare->freed)
        return true;
    destroy(compare);
    return false;
}

/* ---- at last: the comparison, on the reader thread ---- */

static int no_page(void *userdata, const struct store_page_row *row)
{
    return 0;
}

static int join(void *userdata)
{
    struct compare *compare = userdata;

    return counts_compare(compare->sides[COMPARE_BASE].ranking, compare->sides[COMPARE_NEW].ranking,
        &compare->options, &compare->result.changes, &compare->result.n_changes);
}

static void joined(struct store_request *request, void *receiver)
{
    struct compare *compare = CONTAINER_OF(request, struct compare, request);

    if (came_back(compare))
        give(compare, request->r);
}

/* A scan that finds no page, as no host is named so, brings the work to the reader thread. */
static void submit_join(struct compare *compare)
{
    compare->options.base_tokens = compare->result.sides[COMPARE_BASE].tokens;
    compare->options.new_tokens = compare->result.sides[COMPARE_NEW].tokens;
    compare->work = (struct store_scan_pages){
        .job = compare->sides[COMPARE_BASE].options.jobs[0],
        .host = "",
        .page = no_page,
        .finish = join,
        .userdata = compare,
    };
    hand_over(compare, STORE_SCAN_PAGES, joined);
}

/* ---- before it: the words of each side ---- */

static void ask(struct compare *compare);

static bool has_too_many_words(const struct compare *compare)
{
    return counts_ranking_size(compare->sides[COMPARE_BASE].ranking) +
        counts_ranking_size(compare->sides[COMPARE_NEW].ranking) >
        COMPARE_MAX_WORDS;
}

/* All of the side in one part. */
static void part(void *userdata, int r, const struct query_group *groups, size_t n_groups, bool end)
{
    struct compare *compare = userdata;
    struct compare_sums *sums = &compare->result.sides[compare->side];

    if (r < 0) {
        give(compare, r);
        return;
    }
    assert(n_groups == 1 && end);
    sums->pages = groups[0].pages;
    sums->tokens = groups[0].tokens;
    sums->distinct = groups[0].distinct;
    if (compare->result.all)
        sums->counted = sums->pages;
    compare->sides[compare->side].ranking = groups[0].ranking;
    if (++compare->side < COMPARE_SIDES)
        ask(compare);
    else if (has_too_many_words(compare))
        give(compare, -E2BIG);
    else
        submit_join(compare);
}

static void ask(struct compare *compare)
{
    struct side *side = &compare->sides[compare->side];
    int r = query_new(compare->store, &side->options, part, compare, &side->query);

    if (r < 0)
        give(compare, r);
}

static void choose_pages(struct query_options *options, struct compare_pages *pages)
{
    options->pages = TAKE(pages->bits);
    options->pages_size = pages->size;
}

static void ask_first(struct compare *compare)
{
    struct compare_list *list = &compare->list;

    compare->result.all = compare->result.all || !list->overlaps;
    if (!compare->result.all) {
        choose_pages(&compare->sides[compare->held].options, &list->held);
        choose_pages(&compare->sides[!compare->held].options, &list->met);
    }
    compare_list_deinit(list);
    compare->side = 0;
    ask(compare);
}

/* ---- first of all: the lists, on the reader thread ---- */

/* Nearly every page has the id of the one before it. */
static int note_engine(struct compare_sums *sums, const char *id)
{
    for (size_t i = sums->n_engines; i > 0; i--)
        if (strcmp(sums->engines[i - 1], id) == 0)
            return 0;
    if (sums->n_engines == COMPARE_MAX_ENGINES)
        return 0;
    sums->engines[sums->n_engines] = strdup(id);
    if (!sums->engines[sums->n_engines])
        return -ENOMEM;
    sums->n_engines++;
    return 0;
}

static int take_url(void *userdata, const struct store_list_row *row)
{
    struct compare *compare = userdata;
    struct compare_sums *sums = &compare->result.sides[compare->side];
    const char *host = compare->sides[compare->side].options.host;

    if (host && strcmp(row->host, host) != 0)
        return 0;
    sums->counted += row->counted;
    if (!compare->result.all && compare->side == compare->held)
        compare_list_hold(&compare->list, row->url, row->seq, row->counted);
    else if (!compare->result.all)
        compare_list_meet(&compare->list, row->url, row->seq, row->counted);
    return row->counted && row->engine_id ? note_engine(sums, row->engine_id) : 0;
}

static void read_side(struct compare *compare);

static void go_on(struct compare *compare, int r)
{
    if (!came_back(compare))
        return;
    compare->side = !compare->side;
    if (r < 0)
        give(compare, r);
    else if (++compare->n_read < COMPARE_SIDES)
        read_side(compare);
    else
        ask_first(compare);
}

static void scanned(struct store_request *request, void *receiver)
{
    struct compare *compare = CONTAINER_OF(request, struct compare, request);

    if (request->r == 0)
        store_rows_free(compare->scan.rows);
    go_on(compare, request->r);
}

static void engines_came(struct store_request *request, void *receiver)
{
    struct compare *compare = CONTAINER_OF(request, struct compare, request);
    struct store_read_engines *engines = &compare->engines;
    int r = request->r;

    for (size_t i = 0; r == 0 && i < engines->n_rows; i++)
        r = note_engine(&compare->result.sides[compare->side], engines->rows[i]);
    if (request->r == 0)
        store_rows_free(engines->rows);
    go_on(compare, r);
}

/* Its list; where all pages of the job are compared, that would be for its engines alone, which the store
 * tells at once. */
static void read_side(struct compare *compare)
{
    const struct query_options *options = &compare->sides[compare->side].options;

    if (compare->result.all && !options->host) {
        compare->engines = (struct store_read_engines){.jobs = options->jobs, .n_jobs = 1};
        hand_over(compare, STORE_READ_ENGINES, engines_came);
        return;
    }
    compare->scan = (struct store_scan_list){.job = options->jobs[0], .url = take_url, .userdata = compare};
    hand_over(compare, STORE_SCAN_LIST, scanned);
}

static int copy_side(const struct compare_options *options, size_t side, struct query_options *ret)
{
    const struct query_options copied = {.engine = options->engine,
        .jobs = &options->sides[side].job,
        .n_jobs = 1,
        .by = COUNTS_BY_WORD,
        .host = options->sides[side].host,
        .filter = options->filter};

    return query_options_copy(&copied, ret);
}

int compare_new(struct store *store, const struct compare_options *options, compare_done done, void *userdata,
    struct compare **ret)
{
    CLEANUP(destroyp) struct compare *compare = calloc(1, sizeof(*compare));
    int r = compare ? 0 : -ENOMEM;

    for (size_t i = 0; i < COMPARE_SIDES && r == 0; i++)
        r = copy_side(options, i, &compare->sides[i].options);
    if (r < 0)
        return r;
    compare->store = store;
    compare->done = done;
    compare->userdata = userdata;
    compare->result.all = options->all;
    compare->options = (struct counts_compare_options){
        .min_tokens = options->min_tokens, .k = options->k, .by = options->by};
    compare->held = options->sides[COMPARE_NEW].total < options->sides[COMPARE_BASE].total;
    compare->side = compare->held;
    if (!options->all)
        r = compare_list_init(
            &compare->list, options->sides[compare->held].total, options->sides[!compare->held].total);
    if (r < 0)
        return r;
    read_side(compare);
    *ret = TAKE(compare);
    return 0;
}

void compare_free(struct compare *compare)
{
    if (!compare)
        return;
    if (compare->under_way && compare->request.kind == STORE_SCAN_LIST)
        compare->scan.cancelled = true;
    if (compare->under_way && compare->request.kind == STORE_SCAN_PAGES)
        compare->work.cancelled = true;
    if (compare->under_way || compare->giving)
        compare->freed = true;
    else
        destroy(compare);
}
