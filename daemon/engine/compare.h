/* What changed from one job's words to another's: finds the pages that both lists have, totals the words of
 * each side by a query, and compares them on the store's reader thread. While a job runs it is consistent as
 * a query is. Thread: main. */
#pragma once

#include "counts/compare.h"
#include "engine/query.h"

/* What one comparison may hold; beyond it, it fails with -E2BIG. COMPARE_MAX_URLS of engine/compare_list.h,
 * unless all pages are compared, and: */
#define COMPARE_MAX_WORDS 16000000 /* different ones that pass the filter, summed over the sides */
/* Engine ids that are told of each side. */
#define COMPARE_MAX_ENGINES 8

enum {
    COMPARE_BASE,
    COMPARE_NEW,
    COMPARE_SIDES,
};

struct compare_options {
    struct engine *engine; /* as with queries */
    struct {
        uint64_t job;     /* exists */
        uint64_t total;   /* its URLs */
        const char *host; /* only pages of this host key; NULL for all */
    } sides[COMPARE_SIDES];
    bool all;            /* all pages, instead of those that were counted in both */
    uint64_t k;          /* 0: all */
    uint64_t min_tokens; /* as counts_compare() has it */
    enum counts_change_by by;
    struct counts_filter filter; /* copied, as the hosts */
};

struct compare_result {
    bool all; /* all pages are compared: it was asked for, or the lists have no URL in common */
    struct compare_sums {
        uint64_t counted;                 /* pages of the side; where all are compared, the same as `pages` */
        uint64_t pages, tokens, distinct; /* of what is compared, before the filter */
        /* Under which its pages were counted; of more than COMPARE_MAX_ENGINES the first ones. */
        char *engines[COMPARE_MAX_ENGINES];
        size_t n_engines;
    } sides[COMPARE_SIDES];
    struct counts_change *changes;
    size_t n_changes;
};

struct compare;

/* Once: r < 0: it failed; else `result`, which lives until compare_free(). Never from within compare_new().
 */
typedef void (*compare_done)(void *userdata, int r, const struct compare_result *result);

/* Returns 0; -E2BIG; -ENOMEM; -EIO. */
int compare_new(struct store *store, const struct compare_options *options, compare_done done, void *userdata,
    struct compare **ret);
/* Also while it runs, and from `done`, which is not called any more. Takes NULL. */
void compare_free(struct compare *compare);
