#include "engine/query_options.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void free_texts(const char *const *texts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        free((void *)texts[i]);
    free((void *)texts);
}

void query_options_deinit(struct query_options *options)
{
    free((void *)options->jobs);
    free((void *)options->host);
    free((void *)options->url);
    free((void *)options->pages);
    free_texts(options->filter.matches, options->filter.matches ? options->filter.n_matches : 0);
    free_texts(options->filter.excluded, options->filter.excluded ? options->filter.n_excluded : 0);
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

static int copy_pages(const struct query_options *options, struct query_options *copy)
{
    uint8_t *pages = options->pages ? malloc(options->pages_size + 1) : NULL;

    if (options->pages && !pages)
        return -ENOMEM;
    if (pages)
        memcpy(pages, options->pages, options->pages_size);
    copy->pages = pages;
    return 0;
}

static int copy_texts(const char *const *texts, size_t n, const char *const **ret)
{
    const char **copy = calloc(n + 1, sizeof(*copy));

    if (!copy)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        if (copy_text(texts[i], &copy[i]) < 0) {
            free_texts(copy, i);
            return -ENOMEM;
        }
    *ret = copy;
    return 0;
}

int query_options_copy(const struct query_options *options, struct query_options *ret)
{
    struct query_options copy = *options;
    int r;

    copy.jobs = NULL;
    copy.host = NULL;
    copy.url = NULL;
    copy.pages = NULL;
    copy.filter.matches = NULL;
    copy.filter.excluded = NULL;
    r = copy_jobs(options, &copy);
    if (r == 0)
        r = copy_text(options->host, &copy.host);
    if (r == 0)
        r = copy_text(options->url, &copy.url);
    if (r == 0)
        r = copy_pages(options, &copy);
    if (r == 0)
        r = copy_texts(options->filter.matches, options->filter.n_matches, &copy.filter.matches);
    if (r == 0)
        r = copy_texts(options->filter.excluded, options->filter.n_excluded, &copy.filter.excluded);
    if (r < 0) {
        query_options_deinit(&copy);
        return r;
    }
    *ret = copy;
    return 0;
}
