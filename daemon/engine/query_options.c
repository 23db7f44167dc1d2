#include "engine/query_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

void query_options_deinit(struct query_options *options)
{
    free((void *)options->jobs);
    free((void *)options->host);
    free((void *)options->url);
    for (size_t i = 0; i < options->filter.n_matches; i++)
        free((void *)options->filter.matches[i]);
    free((void *)options->filter.matches);
    *options = (struct query_options){0};
}

static int copy_text(const char *text, const char **ret)
{
    *ret = text ? strdup(text) : NULL;
    return text && !*ret ? -ENOMEM : 0;
}

static int copy_jobs(const struct query_options *options, struct query_options *copy)
{
    uint64_t *jobs = calloc(options->n_jobs + 1, sizeof(*jobs));

    if (!jobs)
        return -ENOMEM;
    if (options->n_jobs > 0)
        memcpy(jobs, options->jobs, options->n_jobs * sizeof(*jobs));
    copy->jobs = jobs;
    return 0;
}

static int copy_matches(const struct counts_filter *filter, struct counts_filter *copy)
{
    const char **matches = calloc(filter->n_matches + 1, sizeof(*matches));

    if (!matches)
        return -ENOMEM;
    copy->matches = matches;
    copy->n_matches = 0;
    for (size_t i = 0; i < filter->n_matches; i++) {
        int r = copy_text(filter->matches[i], &matches[i]);

        if (r < 0)
            return r;
        copy->n_matches++;
    }
    return 0;
}

int query_options_copy(const struct query_options *options, struct query_options *ret)
{
    struct query_options copy = *options;
    int r;

    copy.jobs = NULL;
    copy.host = NULL;
    copy.url = NULL;
    copy.filter.matches = NULL;
    copy.filter.n_matches = 0;
    r = copy_jobs(options, &copy);
    if (r == 0)
        r = copy_text(options->host, &copy.host);
    if (r == 0)
        r = copy_text(options->url, &copy.url);
    if (r == 0)
        r = copy_matches(&options->filter, &copy.filter);
    if (r < 0) {
        query_options_deinit(&copy);
        return r;
    }
    *ret = copy;
    return 0;
}
