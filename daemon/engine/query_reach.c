/* Several jobs are read together host by host, as far as memory allows: always on with the one that is
 * behind, so that what was met on a host is forgotten once all are past it. */
#include "engine/query_run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

bool query_is_merging(const struct query *query)
{
    return query->n_turn > 1 && !query->options.url &&
        (query->options.per == QUERY_PER_NONE || query->options.per == QUERY_PER_LABEL);
}

void query_reach_reset(struct query *query)
{
    if (!query->reach)
        return;
    for (size_t i = 0; i < query->options.n_jobs; i++) {
        free(query->reach[i].host);
        query->reach[i] = (struct query_reach){0};
    }
}

/* Nothing was reached by NULL. */
static bool is_behind(const char *a, const char *b)
{
    if (!a || !b)
        return b != NULL;
    return strcmp(a, b) < 0;
}

bool query_reach_pick(struct query *query)
{
    size_t n_left = 0;
    size_t lowest = 0;

    for (size_t i = 0; i < query->n_turn; i++) {
        if (query->reach[i].end)
            continue;
        if (n_left++ == 0 || is_behind(query->reach[i].host, query->reach[lowest].host))
            lowest = i;
    }
    query->job = lowest;
    query->groups.shared.is_last = n_left == 1;
    query->n_shared_before = SIZE_MAX;
    return n_left > 0;
}

int query_reach_note(struct query *query, bool end)
{
    struct query_reach *reach = &query->reach[query->job];

    reach->end = end;
    if (!end) {
        char *host = strdup(query->groups.host);

        if (!host)
            return -ENOMEM;
        free(reach->host);
        reach->host = host;
    }
    query_groups_next_job(&query->groups);
    return 0;
}

int query_reach_check(struct query *query, const char *host)
{
    struct query_shared *shared = &query->groups.shared;
    const char *lowest = query->reach[query->job].host;
    int r;

    if (query->n_shared_before == SIZE_MAX) {
        r = lowest ? query_shared_forget(shared, lowest) : 0;
        if (r < 0)
            return r;
        query->n_shared_before = shared->n;
        return 0;
    }
    if (!query->groups.host || strcmp(query->groups.host, host) == 0)
        return 0;
    if (shared->n - query->n_shared_before > query->max_shared)
        return QUERY_PART_IS_FULL;
    return 0;
}
