#include "engine/state.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A job lets go of a task when the worker has given it back and the store is done with it. */
static void dispose(struct task *task)
{
    struct host *host = task->host;
    struct job *job = task->job;

    list_remove(&task->in_job);
    task->disposed = true;
    task->job = NULL;
    host->n_tasks--;
    host_lanes_changed(host);
    if (task->n_mails == 0)
        task_free(task);
    if (job) {
        job->n_active--;
        job_release(job);
    }
}

static size_t unwritten_size(const struct task *task)
{
    return sizeof(*task) + (task->counts ? words_counts_memory(task->counts) : 0);
}

static void note_store(struct engine *engine, int r)
{
    if ((engine->store_error == 0) == (r == 0))
        return;
    engine->store_error = r;
    if (r < 0)
        engine->store_retry_usec = clock_boottime_usec() + ENGINE_STORE_RETRY_USEC;
    if (engine->observer && engine->observer->store_changed)
        engine->observer->store_changed(engine->observer_userdata, r);
}

static void submit_write(struct task *task)
{
    struct engine *engine = task->host->engine;

    engine_request(engine, task->is_refile ? &task->refile.request : &task->outcome.request);
}

/* The write is tried again with the others that failed. True if the task waits for that. */
static bool write_failed(struct task *task, int r)
{
    struct engine *engine = task->host->engine;

    if (r == 0 || r == -ENOENT || r == -ESHUTDOWN || task->job->phase == PHASE_CLOSED)
        return false;
    list_remove(&task->in_job);
    list_append(&engine->unwritten, &task->in_job);
    note_store(engine, r);
    engine->store_retry_usec = clock_boottime_usec() + ENGINE_STORE_RETRY_USEC;
    return true;
}

static void forget_unwritten(struct engine *engine, const struct task *task)
{
    engine->n_unwritten--;
    engine->unwritten_bytes -= unwritten_size(task);
}

static void left_lane(struct job *job, struct host *host)
{
    struct lane *lane = lane_find(job, host);

    if (lane && lane->n_left > 0)
        lane->n_left--;
}

static void outcome_written(struct store_request *request, void *receiver)
{
    struct task *task = CONTAINER_OF(request, struct task, outcome.request);
    struct engine *engine = task->host->engine;
    struct job *job = task->job;

    engine_request_came(engine);
    if (write_failed(task, request->r))
        return;
    note_store(engine, 0);
    forget_unwritten(engine, task);
    if (task->outcome.accepted && request->r == 0 && job->phase != PHASE_CLOSED) {
        engine->ended++;
        engine->counted += outcome_state(task->outcome.outcome) == URL_COUNTED;
        rates_add(&engine->rates, clock_boottime_usec(), task->result.wire_bytes);
        left_lane(job, task->host);
        watch_url_ended(job, task);
        job->n_writes++;
        dispose(task);
        job_url_ended(job);
        job->n_writes--;
        job_release(job);
    } else {
        dispose(task);
    }
    dispatch(engine);
}

static void refile_written(struct store_request *request, void *receiver)
{
    struct task *task = CONTAINER_OF(request, struct task, refile.request);
    struct engine *engine = task->host->engine;
    struct job *job = task->job;

    engine_request_came(engine);
    if (write_failed(task, request->r))
        return;
    note_store(engine, 0);
    forget_unwritten(engine, task);
    if (task->refile.accepted && request->r == 0 && job->phase != PHASE_CLOSED) {
        struct lane *lane = lane_get(job, task->refile_host, 0);

        left_lane(job, task->host);
        if (lane)
            lane_grow(lane);
        else
            job->hosts_end = false; /* no memory for it now: read later */
    }
    dispose(task);
    dispatch(engine);
}

static void write_task(struct task *task)
{
    struct engine *engine = task->host->engine;

    engine->n_unwritten++;
    engine->unwritten_bytes += unwritten_size(task);
    submit_write(task);
}

void result_rewrite(struct engine *engine)
{
    struct list *link = engine->unwritten.next;

    engine->store_retry_usec = USEC_NEVER;
    while (link != &engine->unwritten) {
        struct task *task = CONTAINER_OF(link, struct task, in_job);

        link = link->next;
        list_remove(&task->in_job);
        list_append(&task->job->tasks, &task->in_job);
        submit_write(task);
    }
}

void result_forget_unwritten(struct engine *engine)
{
    LIST_FOR_EACH(link, &engine->unwritten)
    {
        struct task *task = CONTAINER_OF(link, struct task, in_job);

        forget_unwritten(engine, task);
        dispose(task);
    }
}

static void end(struct task *task, enum outcome outcome)
{
    const struct fetch_result *result = &task->result;

    task->outcome = (struct store_outcome){
        .request = {.kind = STORE_OUTCOME, .done = outcome_written},
        .job = task->job->number,
        .seq = task->seq,
        .attempt = task->attempt,
        .outcome = outcome,
        .host = task->host->key,
        .final_url = task->hops > 0 ? task->url : NULL,
        .content_type = task->content_type,
        .charset = task->counts ? task->charset : NULL,
        .charset_from = task->charset_from,
        .title = task->title,
        .etag = task->etag,
        .last_modified = task->last_modified,
        .detail = task->detail,
        .http_status = result->http_status,
        .tries = task->tries,
        .fetched_usec = clock_realtime_usec(),
        .duration_usec = result->total_usec,
        .body_bytes = result->body_bytes,
        .wire_bytes = result->wire_bytes,
    };
    if (task->counts) {
        task->outcome.engine_id = words_engine()->id;
        memcpy(task->outcome.content_hash, task->content_hash, STORE_HASH_SIZE);
        task->outcome.replaced = task->replaced;
        task->outcome.tokens = words_counts_tokens(task->counts);
        task->outcome.n_words = words_counts_distinct(task->counts);
        task->outcome.counts = task->counts;
    }
    write_task(task);
}

static void end_with_detail(struct task *task, enum outcome outcome, const char *detail)
{
    free(task->detail);
    task->detail = strdup(detail);
    end(task, outcome);
}

void result_end_unfetched(struct lane *lane, struct waiting *waiting, enum outcome outcome, char *detail)
{
    struct task *task = task_new(FETCH_PAGE, waiting->url);

    if (!task) {
        free(detail);
        lane_again(lane, waiting, clock_boottime_usec() + USEC_PER_SEC);
        return;
    }
    waiting->url = NULL;
    task->job = lane->job;
    task->host = lane->host;
    task->seq = waiting->seq;
    task->attempt = waiting->attempt;
    task->tries = waiting->tries;
    task->hops = waiting->hops;
    task->detail = detail;
    task->returned = true;
    waiting_free(waiting);
    lane->host->n_tasks++;
    lane->job->n_active++;
    list_append(&lane->job->tasks, &task->in_job);
    end(task, outcome);
}

/* The URL waits on its lane once more. */
static int again(struct task *task, char *url, uint32_t hops, uint32_t tries, uint64_t due_usec)
{
    struct waiting *waiting = url ? calloc(1, sizeof(*waiting)) : NULL;

    if (!waiting) {
        free(url);
        return -ENOMEM;
    }
    list_init(&waiting->link);
    waiting->seq = task->seq;
    waiting->attempt = task->attempt;
    waiting->hops = hops;
    waiting->tries = tries;
    waiting->url = url;
    lane_again(task->lane, waiting, due_usec);
    return 0;
}

static void retry(struct task *task, uint32_t tries, uint64_t due_usec)
{
    if (again(task, TAKE(task->url), task->hops, tries, due_usec) < 0) {
        end_with_detail(task, OUTCOME_INTERNAL_ERROR, "out of memory");
        return;
    }
    dispose(task);
}

/* Another host's budget, robots.txt and lane are responsible from here on, durably. */
static void refile(struct task *task, char *url, char *host)
{
    task->is_refile = true;
    task->refile_url = url;
    task->refile_host = host;
    task->refile = (struct store_refile){
        .request = {.kind = STORE_REFILE, .done = refile_written},
        .job = task->job->number,
        .seq = task->seq,
        .attempt = task->attempt,
        .host = host,
        .url = url,
        .hops = task->hops + 1,
    };
    write_task(task);
}

static void redirect(struct task *task)
{
    const struct engine_settings *settings = task->host->engine->settings;
    CLEANUP(freep) char *url = NULL;
    CLEANUP(freep) char *host = NULL;
    enum url_verdict verdict;

    if (!task->location || url_resolve(task->url, task->location, &url, &verdict) < 0) {
        end_with_detail(task, OUTCOME_INTERNAL_ERROR, "out of memory");
    } else if (verdict != URL_OK) {
        end_with_detail(task, OUTCOME_BAD_REDIRECT, url_verdict_message(verdict));
    } else if (strcmp(url, task->url) == 0) {
        end_with_detail(task, OUTCOME_REDIRECT_LIMIT, "it redirects to itself");
    } else if (task->hops >= settings->max_redirects) {
        end_with_detail(task, OUTCOME_REDIRECT_LIMIT, "more redirects than MaxRedirects= allows");
    } else if (!(host = url_host_key(url))) {
        end_with_detail(task, OUTCOME_INTERNAL_ERROR, "out of memory");
    } else if (strcmp(host, task->host->key) != 0) {
        refile(task, TAKE(url), TAKE(host));
    } else if (again(task, TAKE(url), task->hops + 1, 0, 0) == 0) {
        dispose(task);
    } else {
        end_with_detail(task, OUTCOME_INTERNAL_ERROR, "out of memory");
    }
}

/* Is the result final? */
static void decide(struct task *task)
{
    const struct fetch_result *result = &task->result;
    struct engine *engine = task->host->engine;

    if (task->job->phase == PHASE_CLOSED || result->outcome == OUTCOME_CANCELLED)
        dispose(task);
    else if (result->is_redirect)
        redirect(task);
    else if (result->http_status == 429 || result->http_status == 503)
        retry(task, task->tries - 1, 0); /* the host is slowed, not the URL: no try of its own is used up */
    else if (result->may_pass && task->tries < engine->settings->max_attempts)
        retry(task, task->tries, clock_boottime_usec() + failure_backoff_usec(engine, task->tries - 1));
    else if (result->outcome == OUTCOME_NONE)
        end_with_detail(task, OUTCOME_BAD_RESPONSE, "an answer to a question that was not asked");
    else
        end(task, result->outcome);
}

static void page_returned(struct task *task)
{
    struct lane *lane = task->lane;
    struct job *job = task->job;

    task->lane = NULL;
    if (lane)
        lane->n_active--;
    failure_note(task->host, task->origin, task);
    task->lane = lane;
    job->n_writes++; /* keeps the job until the lane is looked after */
    decide(task);
    if (job->phase != PHASE_CLOSED && lane)
        lane_release(lane);
    job->n_writes--;
    job_release(job);
}

void result_deliver(struct mail *mail, void *receiver)
{
    struct task *task = CONTAINER_OF(mail, struct task, mail);
    struct engine *engine = receiver;
    struct host *host = task->host;

    task->n_mails--;
    task->returned = true;
    dispatch_release_slot(task);
    if (task->job) {
        page_returned(task);
    } else {
        robots_gate_answer(task);
        dispose(task);
    }
    host_schedule(host);
    dispatch(engine);
}

void result_deliver_cancel(struct mail *mail, void *receiver)
{
    struct task *task = CONTAINER_OF(mail, struct task, cancel_mail);

    if (--task->n_mails == 0 && task->disposed)
        task_free(task);
}
