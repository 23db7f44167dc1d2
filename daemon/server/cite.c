#include "server/cite.h"

#include "base/list.h"
#include "server/view.h"
#include <errno.h>
#include <string.h>

static void find_example(struct cite *cite);

void cite_cancel(struct cite *cite)
{
    cite->scan.cancelled = true;
}

void cite_deinit(struct cite *cite)
{
    query_free(TAKE(cite->query));
    store_rows_free(TAKE(cite->scan.rows));
    digest_deinit(&cite->digest);
}

/* ---- equal pages ---- */

static int take_example(void *userdata, const struct store_list_row *row)
{
    struct cite *cite = userdata;
    struct wire_equal_pages *equal = &cite->equal[cite->out.n_equal_pages];

    equal->tokens = (int64_t)row->tokens;
    /* Main waits for this scan, and touches nothing meanwhile. */
    return work_copy(cite->work, row->url, &equal->example_url);
}

static void example_came(struct store_request *request, void *receiver)
{
    struct cite *cite = CONTAINER_OF(request, struct cite, scan.request);

    if (!work_came_back(cite->work))
        return;
    store_rows_free(TAKE(cite->scan.rows));
    if (request->r < 0) {
        cite->done(cite, request->r);
        return;
    }
    if (!cite->equal[cite->out.n_equal_pages].example_url)
        cite->equal[cite->out.n_equal_pages].example_url = "";
    cite->out.n_equal_pages++;
    find_example(cite);
}

static void find_example(struct cite *cite)
{
    size_t next = cite->out.n_equal_pages;
    const struct digest_group *group = &cite->digest.groups[next];
    struct wire_equal_pages *equal = &cite->equal[next];
    int r;

    if (next == cite->digest.n_groups) {
        cite->done(cite, 0);
        return;
    }
    *equal = (struct wire_equal_pages){.pages = (int64_t)group->pages, .page = (int64_t)group->seq};
    r = view_hex(group->content_hash, STORE_HASH_SIZE, &cite->work->arena, &equal->content_hash);
    if (r < 0) {
        cite->done(cite, r);
        return;
    }
    cite->scan = (struct store_scan_list){.request = {.kind = STORE_SCAN_LIST, .done = example_came},
        .job = cite->row->job,
        .after = group->seq - 1,
        .max_rows = 1,
        .url = take_example,
        .userdata = cite};
    work_submit(cite->work, &cite->scan.request);
}

/* ---- the whole list ---- */

static void part(void *userdata, int r, const struct query_group *groups, size_t n_groups, bool end)
{
    struct cite *cite = userdata;

    for (size_t i = 0; i < n_groups && r == 0; i++)
        cite->out.distinct += (int64_t)groups[i].distinct;
    if (r < 0)
        cite->done(cite, r);
    else if (end)
        find_example(cite);
    else
        query_next(cite->query);
}

static void find_distinct(struct cite *cite)
{
    struct engine *engine = cite->work->service->settings.engine;
    const struct query_options options = {
        .engine = engine, .jobs = &cite->row->job, .n_jobs = 1, .per = QUERY_PER_NONE, .k = 1};
    int r = query_new(engine_store(engine), &options, part, cite, &cite->query);

    if (r < 0)
        cite->done(cite, r);
}

static int take_digest(struct cite *cite)
{
    struct digest *digest = &cite->digest;
    struct wire_cite *out = &cite->out;
    struct arena *arena = &cite->work->arena;
    int r = view_hex(digest->list_hash, sizeof(digest->list_hash), arena, &out->list_hash);

    for (size_t i = 0; i < digest->n_engines; i++)
        cite->engines[i] = digest->engines[i];
    out->engines = cite->engines;
    out->n_engines = digest->n_engines;
    out->equal_pages = digest->too_many_pages ? NULL : cite->equal;
    if (r == 0)
        r = view_time(digest->first_usec, arena, &out->first_fetched);
    if (r == 0)
        r = view_time(digest->last_usec, arena, &out->last_fetched);
    return r < 0
        ? r
        : view_settings(cite->scan.settings, &cite->work->arena, &cite->out.settings, &cite->out.n_settings);
}

static void list_came(struct store_request *request, void *receiver)
{
    struct cite *cite = CONTAINER_OF(request, struct cite, scan.request);
    int r = request->r;

    if (!work_came_back(cite->work))
        return;
    if (r == 0)
        r = take_digest(cite);
    store_rows_free(TAKE(cite->scan.rows));
    if (r < 0)
        cite->done(cite, r);
    else
        find_distinct(cite);
}

static int add(void *userdata, const struct store_list_row *row)
{
    struct cite *cite = userdata;

    return digest_add(&cite->digest, row);
}

static int finish(void *userdata)
{
    struct cite *cite = userdata;

    return digest_finish(&cite->digest);
}

void cite_start(struct cite *cite, struct work *work, const struct store_job_row *row,
    void (*done)(struct cite *cite, int r))
{
    cite->work = work;
    cite->row = row;
    cite->done = done;
    if (digest_init(&cite->digest) < 0) {
        done(cite, -ENOMEM);
        return;
    }
    cite->scan = (struct store_scan_list){.request = {.kind = STORE_SCAN_LIST, .done = list_came},
        .job = row->job,
        .url = add,
        .finish = finish,
        .userdata = cite};
    work_submit(work, &cite->scan.request);
}
