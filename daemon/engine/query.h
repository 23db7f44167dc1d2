/* The most used words of jobs: reads packed page counts from the store, totals and ranks them on the store's
 * reader thread, and gives the result to main in parts. A query reads the jobs' word lists first and leaves
 * out pages whose words are newer than these, so that it is consistent while fetching goes on. Thread: main.
 */
#pragma once

#include "counts/rank.h"
#include "store/store.h"
#include <stdbool.h>
#include <stdint.h>

struct engine;

enum query_per {
    QUERY_PER_NONE, /* one group: over all jobs */
    QUERY_PER_PAGE,
    QUERY_PER_HOST,
    QUERY_PER_LABEL, /* pages without a label are one group, of label NULL */
    QUERY_PER_JOB,
};

/* What one query may hold; beyond it, it fails with -E2BIG. */
#define QUERY_MAX_LABELS 1000
#define QUERY_MAX_UNIQUE_PAGES 8000000  /* of different content, with `unique` */
#define QUERY_MAX_SHARED_WORDS 16000000 /* (host, word) pairs, where several jobs may have the same host */
#define QUERY_MAX_SHARED_HOSTS 4000000  /* likewise */
/* Groups given at once. */
#define QUERY_MAX_GROUPS 100

struct query_options {
    struct engine *engine; /* whose jobs that run may have totals in memory; NULL: every page is read */
    const uint64_t *jobs;  /* each must exist; copied, as all that follows */
    size_t n_jobs;
    enum query_per per;
    enum counts_by by;
    uint64_t k;       /* 0: all */
    const char *host; /* host key; NULL for all */
    const char *url;  /* normalised: submitted or final; NULL for all */
    /* Only these pages, a bit for each seq: bit seq % 8 of byte seq / 8. Of one job then, and not with `url`.
     * NULL for all. */
    const uint8_t *pages;
    size_t pages_size; /* bytes; pages beyond take no part */
    bool unique; /* of the pages chosen, of equal content, within a job only the one of the lowest seq */
    struct counts_filter filter;
    double max_pages; /* words on a greater share of the group's pages take no part; 0: no such limit. Not per
                         page */
};

struct query_group {
    uint64_t job;             /* PAGE, JOB; else 0 */
    uint64_t page;            /* PAGE: seq; else 0 */
    const char *url;          /* PAGE; else NULL */
    const char *host, *label; /* HOST, LABEL; else NULL */
    uint64_t pages;
    uint64_t tokens, distinct;      /* before the filter: of all words of these pages */
    struct counts_ranking *ranking; /* finished */
};

struct query;

/* `part` gives groups, at most QUERY_MAX_GROUPS, borrowed until query_next() or query_free(), in order: jobs
 * as given, pages by seq, hosts and labels by their bytes, pages without a label first; `end` with the last
 * ones, which may be none. r < 0: it failed, and nothing follows. Never from within query_new() or
 * query_next(). After a part that is not the end, the next one comes only after query_next(): nothing runs
 * ahead of a slow reader. */
typedef void (*query_part)(
    void *userdata, int r, const struct query_group *groups, size_t n_groups, bool end);

/* Copies the options and runs to the first part. Returns 0 or -ENOMEM. */
int query_new(struct store *store, const struct query_options *options, query_part part, void *userdata,
    struct query **ret);
void query_next(struct query *query); /* from `part` or later */
/* Also while it runs, and from `part`: `part` is not called any more. Takes NULL. */
void query_free(struct query *query);
