#include "engine/worker_state.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include "engine/body.h"
#include "engine/task.h"
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Bodies kept for reuse: a worker whose pages arrive one after another needs few. */
#define MAX_SPARE_BODIES 64

static struct worker *request_worker(struct fetch_request *request)
{
    return CONTAINER_OF(request, struct task, request)->worker;
}

static struct body *take_body(struct worker *worker)
{
    struct body *body = worker->spare_bodies;

    if (!body)
        return body_new();
    worker->spare_bodies = *body_next(body);
    worker->n_spare_bodies--;
    return body;
}

static void give_body_back(struct worker *worker, struct body *body)
{
    if (!body)
        return;
    if (worker->n_spare_bodies >= MAX_SPARE_BODIES) {
        body_free(body);
        return;
    }
    *body_next(body) = worker->spare_bodies;
    worker->spare_bodies = body;
    worker->n_spare_bodies++;
}

void worker_drop_bodies(struct worker *worker)
{
    while (worker->spare_bodies)
        body_free(take_body(worker));
}

static void transfer_sent(struct fetch_request *request)
{
    struct task *task = CONTAINER_OF(request, struct task, request);

    task->sent_usec = clock_boottime_usec();
    task->sent_mail.deliver = task->worker->replies.sent;
    worker_reply(task->worker, &task->sent_mail);
}

/* Nobody waits for this: main looks at it where a transfer takes long. */
static void transfer_answered(struct fetch_request *request)
{
    struct task *task = CONTAINER_OF(request, struct task, request);

    atomic_store_explicit(&task->is_answered, true, memory_order_relaxed);
}

static int transfer_begin(struct fetch_request *request, const char *content_type, const char *charset)
{
    struct task *task = CONTAINER_OF(request, struct task, request);

    if (!task->body)
        task->body = take_body(task->worker);
    if (!task->body)
        return -ENOMEM;
    return body_begin(task->body, request->kind, content_type, charset);
}

static int transfer_data(struct fetch_request *request, const void *bytes, size_t size)
{
    struct task *task = CONTAINER_OF(request, struct task, request);

    atomic_fetch_add_explicit(&task->worker->bytes, size, memory_order_relaxed);
    return body_feed(task->body, bytes, size);
}

/* The strings of a result outlive it as the task's. One that does not fit in memory is left out. */
static void keep_strings(struct task *task, const struct fetch_result *result)
{
    const struct {
        char **copy;
        const char *text;
    } strings[] = {
        {&task->location, result->location},
        {&task->content_type, result->content_type},
        {&task->charset, result->charset},
        {&task->etag, result->etag},
        {&task->last_modified, result->last_modified},
        {&task->detail, result->detail},
    };

    for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
        if (strings[i].text && strings[i].text[0])
            *strings[i].copy = strdup(strings[i].text);
    task->result.location = task->result.content_type = task->result.charset = NULL;
    task->result.etag = task->result.last_modified = task->result.detail = NULL;
}

static void replace_string(char **string, const char *text)
{
    free(*string);
    *string = text && text[0] ? strdup(text) : NULL;
}

static int finish_page(struct worker *worker, struct task *task)
{
    struct body_page page;
    int r = body_finish_page(task->body, &page);

    if (r < 0)
        return r;
    task->counts = page.counts;
    task->replaced = page.replaced;
    memcpy(task->content_hash, page.content_hash, sizeof(task->content_hash));
    replace_string(&task->charset, page.charset);
    replace_string(&task->charset_from, page.charset_from);
    replace_string(&task->title, page.title);
    if (!task->content_type)
        replace_string(&task->content_type, page.type);
    atomic_fetch_add_explicit(&worker->tokens, words_counts_tokens(page.counts), memory_order_relaxed);
    return 0;
}

/* A whole body has arrived. A page without any body is a page without words. */
static int finish_body(struct worker *worker, struct task *task)
{
    if (!task->body) {
        int r = transfer_begin(&task->request, task->content_type, task->charset);

        if (r < 0)
            return r;
    }
    if (task->request.kind == FETCH_ROBOTS)
        return body_finish_robots(task->body, &task->robots);
    return finish_page(worker, task);
}

static void transfer_done(struct fetch_request *request, const struct fetch_result *result)
{
    struct task *task = CONTAINER_OF(request, struct task, request);
    struct worker *worker = request_worker(request);

    task->result = *result;
    task->done = true;
    keep_strings(task, result);
    if (result->outcome == OUTCOME_COUNTED && finish_body(worker, task) < 0)
        task->result.outcome = OUTCOME_INTERNAL_ERROR;
    give_body_back(worker, TAKE(task->body));
    atomic_fetch_add_explicit(&worker->fetched, 1, memory_order_relaxed);
    task->mail.deliver = worker->replies.returned;
    worker_reply(worker, &task->mail);
}

void worker_listen(struct task *task)
{
    task->request.sent = task->is_unsent ? transfer_sent : NULL;
    task->request.answered = transfer_answered;
    task->request.begin = transfer_begin;
    task->request.data = transfer_data;
    task->request.done = transfer_done;
}
