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

/* While the rows of one step go out, the next one is read: neither the store nor the client waits for the
 * other. */
struct step {
    struct urls *urls;
    struct store_read_urls read;
};

struct urls {
    struct work work;
    struct list_reply list;
    struct step steps[2];
    struct step *step;  /* whose rows go out */
    struct step *ahead; /* the other one, once it is asked for; NULL: there are no more */
    bool ahead_came;
    bool waits;           /* for `ahead`: all rows of `step` went out */
    size_t row;           /* of step->read.rows: the next one */
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

    store_rows_free(urls->steps[0].read.rows);
    store_rows_free(urls->steps[1].read.rows);
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

/* The one behind `last`, of the same job or of the next one; NULL: there is none. */
static struct step *read_behind(struct urls *urls, const struct step *last)
{
    struct step *next = &urls->steps[last == &urls->steps[0]];

    if (last->read.end)
        urls->job++;
    if (urls->job >= urls->n_jobs)
        return NULL;
    next->read.job = urls->jobs[urls->job];
    next->read.after = last->read.end ? 0 : last->read.next_after;
    next->read.end = false;
    urls->ahead_came = false;
    work_submit(&urls->work, &next->read.request);
    return next;
}

/* What was read ahead is what goes out now. */
static void turn(struct urls *urls)
{
    store_rows_free(TAKE(urls->step->read.rows));
    urls->step->read.n_rows = 0;
    urls->step = urls->ahead;
    urls->row = 0;
    urls->ahead = read_behind(urls, urls->step);
}

static void came(struct store_request *request, void *receiver)
{
    struct step *step = CONTAINER_OF(request, struct step, read.request);
    struct urls *urls = step->urls;

    if (!work_came_back(&urls->work))
        return;
    /* In a history, a job may be removed while others are read. */
    if (request->r == -ENOENT && urls->history) {
        step->read.n_rows = 0;
        step->read.end = true;
    } else if (request->r < 0) {
        work_fail(&urls->work, request->r);
        return;
    }
    urls->ahead_came = true;
    if (!urls->waits)
        return;
    urls->waits = false;
    go_on(urls);
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

    while (r == 0 && !list_reply_is_full(&urls->list, call)) {
        if (urls->row < urls->step->read.n_rows)
            r = add(urls, &urls->step->read.rows[urls->row++]);
        else if (!urls->ahead || !urls->ahead_came)
            break;
        else
            turn(urls);
    }
    if (r < 0)
        work_fail(&urls->work, r);
    else if (list_reply_is_full(&urls->list, call))
        send_part(urls);
    else if (urls->ahead)
        urls->waits = true;
    else
        finish(urls);
}

static void list_jobs(struct urls *urls, const uint64_t *jobs, size_t n)
{
    urls->jobs = jobs;
    urls->n_jobs = n;
    urls->ahead = read_behind(urls, urls->step);
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
static int take_state(struct urls *urls, const struct wire_urls_in *in, struct store_read_urls *read)
{
    enum url_state state;

    if (in->state && url_state_from_string(in->state, &state) < 0) {
        call_refuse(urls->work.call, WIRE_INVALID_INPUT, "there is no state \"%.100s\"", in->state);
        return -EINVAL;
    }
    if (in->outcome && outcome_from_string(in->outcome, &read->outcome) < 0) {
        call_refuse(urls->work.call, WIRE_INVALID_INPUT, "there is no outcome \"%.100s\"", in->outcome);
        return -EINVAL;
    }
    if (in->max_tokens.set && in->max_tokens.value < 0) {
        call_refuse(urls->work.call, WIRE_INVALID_INPUT, "maxTokens must not be negative");
        return -EINVAL;
    }
    if (in->state)
        urls->state = read->state = (int)state;
    urls->max_tokens = in->max_tokens;
    return 0;
}

static int take_filters(struct urls *urls, const struct wire_urls_in *in, struct store_read_urls *read)
{
    int r = take_state(urls, in, read);

    if (r == 0)
        r = ask_url(&urls->work, in->url, &read->url);
    return r < 0 ? r : ask_host(&urls->work, in->host, &read->host);
}

static void find_history(struct urls *urls)
{
    urls->history = true;
    own_jobs_find(&urls->own, &urls->work, SELECT_ALL, found_own);
}

void serve_urls(struct call *call)
{
    const struct wire_urls_in *in = call_in(call);
    struct store_read_urls read = {.request = {.kind = STORE_READ_URLS, .done = came}, .state = -1};
    struct urls *urls = work_new(call, sizeof(*urls));
    int r;

    if (!urls)
        return;
    urls->work.release = release;
    urls->state = -1;
    list_reply_init(&urls->list, &wire_url_shape);
    r = take_filters(urls, in, &read);
    urls->steps[0] = urls->steps[1] = (struct step){urls, read};
    urls->step = &urls->steps[1];
    if (r == -EINVAL)
        work_end(&urls->work);
    else if (r < 0)
        work_fail(&urls->work, r);
    else if (in->url && !in->job)
        find_history(urls);
    else
        work_find(&urls->work, &in->job, in->job ? 1 : 0, WORK_TO_READ, found);
}
