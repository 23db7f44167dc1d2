#include "base/list.h"
#include "engine/dispatch.h"
#include "engine/host.h"
#include "engine/job.h"
#include "engine/known.h"
#include "engine/lane.h"
#include "engine/rates.h"
#include "engine/result.h"
#include "engine/reuse.h"
#include "engine/state.h"
#include "engine/table.h"
#include "engine/task.h"
#include "engine/watch.h"
#include "store/store.h"
#include "store/store_change.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* A job lets go of a task when the worker has given it back and the store is done with it. */
void result_dispose(struct task *task)
{
    struct host *host = task->host;
    struct job *job = task->job;

    if (job)
        job_drop_task(job, task);
    flight_leave(task);
    if (job && job->phase != PHASE_CLOSED)
        task->lane->n_tasks--;
    task->disposed = true;
    task->job = NULL;
    host->n_tasks--;
    host_lanes_changed(host);
    if (task->n_mails == 0)
        task_free(task);
    if (job) {
        job->n_active--;
        /* The last one may be one whose outcome was refused, as its URL had ended before. */
        job->n_writes++;
        job_finish_if_ended(job);
        job->n_writes--;
        job_release(job);
    }
}

/* The store is done with it, and so may its lane be. */
static void dispose_written(struct task *task)
{
    struct job *job = task->job;
    struct lane *lane = task->lane;

    job->n_writes++;
    result_dispose(task);
    if (job->phase != PHASE_CLOSED)
        lane_release(lane);
    job->n_writes--;
    job_release(job);
}

static size_t unwritten_size(const struct task *task)
{
    return sizeof(*task) + (task->counts ? words_counts_memory(task->counts) : 0);
}

void result_note_store(struct engine *engine, int r)
{
    if (engine->store_error == r)
        return;
    engine->store_error = r;
    if (r < 0)
        engine_retry_soon(engine);
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
    result_note_store(engine, r);
    engine_retry_soon(engine);
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

/* A write came back. False: it failed, and the task waits to be written again. */
static bool is_settled(struct task *task, const struct store_request *request)
{
    struct engine *engine = task->host->engine;

    engine_request_came(engine);
    if (write_failed(task, request->r))
        return false;
    result_note_store(engine, 0);
    forget_unwritten(engine, task);
    return true;
}

/* Whether it changed anything: a job that was removed or cancelled meanwhile takes nothing. */
static bool counts(const struct task *task, const struct store_request *request, bool accepted)
{
    return accepted && request->r == 0 && task->job->phase != PHASE_CLOSED;
}

static void note_ended(struct task *task)
{
    struct engine *engine = task->host->engine;
    struct job *job = task->job;
    uint64_t now = clock_boottime_usec();

    engine->ended++;
    metrics_note(&engine->metrics, task);
    engine->counted += outcome_state(task->outcome.outcome) == URL_COUNTED;
    rates_add(&engine->rates, now, task->result.wire_bytes);
    rates_add(&job->rates, now, task->result.wire_bytes);
    left_lane(job, task->host);
    watch_url_ended(job, task);
    job->n_writes++;
    dispose_written(task);
    job_url_ended(job);
    job->n_writes--;
    job_release(job);
}

static void outcome_written(struct store_request *request, void *receiver)
{
    struct task *task = CONTAINER_OF(request, struct task, outcome.request);
    struct engine *engine = task->host->engine;

    if (!is_settled(task, request))
        return;
    /* Also if it was not accepted: an earlier write of it may have come to the disk all the same. */
    if (request->r == 0 && outcome_state(task->outcome.outcome) == URL_COUNTED)
        running_note(task->job, task_page_host(task), task->seq);
    if (counts(task, request, task->outcome.accepted))
        note_ended(task);
    else if (counts(task, request, task->outcome.reuse_lost))
        reuse_fetch_anew(task);
    else
        dispose_written(task);
    dispatch(engine);
}

static void note_refiled(struct task *task)
{
    struct lane *lane = lane_get(task->job, task->refile_host, 0);

    left_lane(task->job, task->host);
    if (lane)
        lane_grow(lane);
    else
        job_reread_hosts(task->job);
}

static void refile_written(struct store_request *request, void *receiver)
{
    struct task *task = CONTAINER_OF(request, struct task, refile.request);
    struct engine *engine = task->host->engine;

    if (!is_settled(task, request))
        return;
    if (counts(task, request, task->refile.accepted))
        note_refiled(task);
    dispose_written(task);
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
    LIST_FOR_EACH (link, &engine->unwritten) {
        struct task *task = CONTAINER_OF(link, struct task, in_job);

        forget_unwritten(engine, task);
        result_dispose(task);
    }
}

void result_end(struct task *task, enum outcome outcome)
{
    const struct fetch_result *result = &task->result;

    task->outcome = (struct store_outcome){
        .request = {.kind = STORE_OUTCOME, .done = outcome_written},
        .job = task->job->number,
        .seq = task->seq,
        .attempt = task->attempt,
        .outcome = outcome,
        .host = task->host->key,
        .url = task->url,
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
    if (outcome == OUTCOME_NOT_MODIFIED || outcome == OUTCOME_FRESH) {
        task->outcome.engine_id = words_engine()->id;
        task->outcome.reuse = task->known->page;
    }
    write_task(task);
}

void result_end_with_detail(struct task *task, enum outcome outcome, const char *detail)
{
    free(task->detail);
    task->detail = strdup(detail);
    result_end(task, outcome);
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
    task->lane = lane;
    task->host = lane->host;
    task->seq = waiting->seq;
    task->attempt = waiting->attempt;
    task->tries = waiting->tries;
    task->hops = waiting->hops;
    task->detail = detail;
    task->known = TAKE(waiting->known);
    task->returned = true;
    waiting_free(waiting);
    lane->n_tasks++;
    lane->host->n_tasks++;
    lane->job->n_active++;
    job_add_task(lane->job, task);
    result_end(task, outcome);
}

void result_refile(struct task *task, char *url, char *host)
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
