#include "base/list.h"
#include "engine/query_run.h"
#include "store/store_read.h"

static uint64_t job_number(const struct query *query)
{
    return query->options.jobs[query->turn + query->job];
}

static void hand_over(struct query *query, enum store_kind kind)
{
    query->request.kind = kind;
    query->request.done = query_came_back;
    query->under_way = true;
    store_submit(query->store, &query->request);
}

static const char *scan_after(const struct query *query)
{
    if (query->stage != QUERY_SCAN)
        return NULL;
    if (query_is_merging(query))
        return query->reach[query->job].host;
    return query->options.per == QUERY_PER_HOST ? query->groups.after : NULL;
}

static void scan(struct query *query, int (*page)(void *, const struct store_page_row *))
{
    query->scan = (struct store_scan_pages){
        .job = job_number(query),
        .host = query->options.host,
        .after_host = scan_after(query),
        .with_labels = query->options.per == QUERY_PER_LABEL,
        .page = page,
        .userdata = query,
    };
    hand_over(query, STORE_SCAN_PAGES);
}

static int no_page(void *userdata, const struct store_page_row *row)
{
    return 0;
}

/* A scan that finds no page, as no host is named so, brings the work to the reader thread. Without any job
 * there is next to no work: it runs on main when some answer is there. */
static void work(struct query *query)
{
    if (query->options.n_jobs == 0) {
        query->read_jobs = (struct store_read_jobs){.select = SELECT_ALL, .after = INT64_MAX};
        hand_over(query, STORE_READ_JOBS);
        return;
    }
    query->scan = (struct store_scan_pages){
        .job = query->options.jobs[query->turn],
        .host = "",
        .page = no_page,
        .finish = query_run_work,
        .userdata = query,
    };
    hand_over(query, STORE_SCAN_PAGES);
}

static void read_urls(struct query *query)
{
    query->read_urls = (struct store_read_urls){
        .job = job_number(query),
        .after = query->after,
        .with_counts = true,
        .state = -1,
        .host = query->options.host,
        .url = query->options.url,
    };
    hand_over(query, STORE_READ_URLS);
}

static void read_words(struct query *query)
{
    query->read_words = (struct store_read_words){.job = job_number(query)};
    hand_over(query, STORE_READ_WORDS);
}

/* With the totals, or without any: then the pages are read. */
static void running_ready(struct running_loan *loan)
{
    struct query *query = CONTAINER_OF(loan, struct query, running);

    query->stage = QUERY_WORDS;
    read_words(query);
}

static enum running_kind kind_of(const struct query *query)
{
    switch (query->options.per) {
    case QUERY_PER_HOST:
        return RUNNING_HOSTS;
    case QUERY_PER_LABEL:
        return RUNNING_LABELS;
    case QUERY_PER_NONE:
    case QUERY_PER_PAGE:
    case QUERY_PER_JOB:
        break;
    }
    return RUNNING_TOTALS;
}

static void borrow(struct query *query)
{
    query->running.ready = running_ready;
    if (running_borrow(query->options.engine, job_number(query), kind_of(query), &query->running) != 0)
        running_ready(&query->running);
}

void query_submit(struct query *query)
{
    switch (query->stage) {
    case QUERY_TOTALS:
        query->read_totals = (struct store_read_totals){.job = job_number(query)};
        hand_over(query, STORE_READ_TOTALS);
        break;
    case QUERY_WORDS:
        read_words(query);
        break;
    case QUERY_RUNNING:
        borrow(query);
        break;
    case QUERY_UNIQUE:
        scan(query, query_note_content);
        break;
    case QUERY_SCAN:
        scan(query, query_add_page);
        break;
    case QUERY_URLS:
        read_urls(query);
        break;
    case QUERY_JOIN:
    case QUERY_GROUP:
    case QUERY_RANK:
        work(query);
        break;
    case QUERY_GIVE:
    case QUERY_WAIT:
    case QUERY_ENDED:
        break;
    }
}
