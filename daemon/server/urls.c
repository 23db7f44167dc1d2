#include "server/own_jobs.h"

#include "base/list.h"
#include "server/ask.h"
#include "server/list_reply.h"
#include "server/view.h"
#include "store/store.h"
#include "store/store_read.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct urls {
    struct work work;
    struct list_reply list;
    struct store_read_urls read;
    size_t row;           /* of read.rows: the next one */
    bool history;         /* of one URL, over all of the caller's jobs */
    struct own_jobs own;  /* of a history */
    uint64_t named;       /* else */
    const uint64_t *jobs; /* whose URLs are listed */
    size_t n_jobs;
    size_t job; /* of jobs: the one under way */
    int state;  /* enum url_state, -1 for any */
    struct wire_int max_tokens;
};

static void go_on(struct urls *urls);

static void release(void *work)
{
    struct urls *urls = work;

    store_rows_free(urls->read.rows);
    store_rows_free(urls->work.read.rows);
    own_jobs_deinit(&urls->own);
    list_reply_deinit(&urls->list);
}

static bool is_wanted(const struct urls *urls, const struct store_url_row *row)
{
    if (urls->state >= 0 && (int)view_url_state(urls->work.service, row) != urls->state)
        return false;
    if (!urls->max_tokens.set)
        return true;
    return outcome_state(row->outcome) == URL_COUNTED && row->tokens <= (uint64_t)urls->max_tokens.value;
}

static int add(struct urls *urls, const struct store_url_row *row)
{
    struct arena arena = {0};
    struct wire_url url;
    int r;

    if (!is_wanted(urls, row))
        return 0;
    r = view_url(urls->work.service, row, &arena, &url);
    if (r == 0)
        r = list_reply_add(&urls->list, &url);
    arena_deinit(&arena);
    return r;
}

static void came(struct store_request *request, void *receiver)
{
    struct urls *urls = CONTAINER_OF(request, struct urls, read.request);

    if (!work_came_back(&urls->work))
        return;
    /* In a history, a job may be removed while others are read. */
    if (request->r == -ENOENT && urls->history) {
        urls->read.n_rows = 0;
        urls->read.end = true;
    } else if (request->r < 0) {
        work_fail(&urls->work, request->r);
        return;
    }
    urls->row = 0;
    go_on(urls);
}

/* The next step of this job, or the first one of the next job. False: there are no more. */
static bool read_next(struct urls *urls)
{
    struct store_read_urls *read = &urls->read;

    store_rows_free(TAKE(read->rows));
    read->n_rows = 0;
    if (read->end) {
        urls->job++;
        read->next_after = 0;
    }
    if (urls->job >= urls->n_jobs)
        return false;
    read->job = urls->jobs[urls->job];
    read->after = read->next_after;
    read->end = false;
    urls->row = 0;
    work_submit(&urls->work, &read->request);
    return true;
}

static void drained(struct call *call)
{
    go_on(call_data(call));
}

static void send_part(struct urls *urls)
{
    struct call *call = urls->work.call;
    const struct wire_urls_out out = {.urls = (struct wire_url *)urls->list.items, .n_urls = urls->list.n};
    int r;

    if (!call_more(call)) {
        list_reply_refuse(call);
        work_end(&urls->work);
        return;
    }
    r = call_continue(call, &out);
    list_reply_clear(&urls->list);
    if (r < 0)
        work_fail(&urls->work, r);
    else
        call_set_drain(call, drained);
}

static void finish(struct urls *urls)
{
    call_reply(urls->work.call,
        &(struct wire_urls_out){.urls = (struct wire_url *)urls->list.items, .n_urls = urls->list.n});
    work_end(&urls->work);
}

/* Takes the rows at hand; a part is sent when it is full, and the rest waits for the client to read it. */
static void go_on(struct urls *urls)
{
    struct call *call = urls->work.call;
    int r = 0;

    while (r == 0 && urls->row < urls->read.n_rows && !list_reply_is_full(&urls->list, call))
        r = add(urls, &urls->read.rows[urls->row++]);
    if (r < 0)
        work_fail(&urls->work, r);
    else if (list_reply_is_full(&urls->list, call))
        send_part(urls);
    else if (!read_next(urls))
        finish(urls);
}

static void list_jobs(struct urls *urls, const uint64_t *jobs, size_t n)
{
    urls->jobs = jobs;
    urls->n_jobs = n;
    go_on(urls);
}

static void found(void *work)
{
    struct urls *urls = work;

    urls->named = urls->work.rows[0]->job;
    list_jobs(urls, &urls->named, 1);
}

static void found_own(void *work)
{
    struct urls *urls = work;

    list_jobs(urls, urls->own.numbers, urls->own.n);
}

/* 0; -EINVAL with the call refused; -ENOMEM. */
static int take_state(struct urls *urls, const struct wire_urls_in *in)
{
    enum url_state state;

    if (in->state && url_state_from_string(in->state, &state) < 0) {
        call_refuse(urls->work.call, WIRE_INVALID_INPUT, "there is no state \"%.100s\"", in->state);
        return -EINVAL;
    }
    if (in->outcome && outcome_from_string(in->outcome, &urls->read.outcome) < 0) {
        call_refuse(urls->work.call, WIRE_INVALID_INPUT, "there is no outcome \"%.100s\"", in->outcome);
        return -EINVAL;
    }
    if (in->max_tokens.set && in->max_tokens.value < 0) {
        call_refuse(urls->work.call, WIRE_INVALID_INPUT, "maxTokens must not be negative");
        return -EINVAL;
    }
    if (in->state)
        urls->state = urls->read.state = (int)state;
    urls->max_tokens = in->max_tokens;
    return 0;
}

static int take_filters(struct urls *urls, const struct wire_urls_in *in)
{
    int r = take_state(urls, in);

    if (r == 0)
        r = ask_url(&urls->work, in->url, &urls->read.url);
    return r < 0 ? r : ask_host(&urls->work, in->host, &urls->read.host);
}

static void find_history(struct urls *urls)
{
    urls->history = true;
    own_jobs_find(&urls->own, &urls->work, SELECT_ALL, found_own);
}

void serve_urls(struct call *call)
{
    const struct wire_urls_in *in = call_in(call);
    struct urls *urls = work_new(call, sizeof(*urls));
    int r;

    if (!urls)
        return;
    urls->work.release = release;
    urls->state = -1;
    list_reply_init(&urls->list, &wire_url_shape);
    urls->read = (struct store_read_urls){.request = {.kind = STORE_READ_URLS, .done = came}, .state = -1};
    r = take_filters(urls, in);
    if (r == -EINVAL)
        work_end(&urls->work);
    else if (r < 0)
        work_fail(&urls->work, r);
    else if (in->url && !in->job)
        find_history(urls);
    else
        work_find(&urls->work, &in->job, in->job ? 1 : 0, WORK_TO_READ, found);
}
