#include "engine/result.h"
#include "engine/dispatch.h"
#include "engine/engine.h"
#include "engine/expire.h"
#include "engine/failure.h"
#include "engine/host.h"
#include "engine/job.h"
#include "engine/lane.h"
#include "engine/reuse.h"
#include "engine/robots_gate.h"
#include "engine/state.h"
#include "engine/task.h"
#include "fetch/url.h"

#include "base/cleanup.h"
#include "base/clock.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* What waits on its lane once more. Takes *url if it is not NULL. */
static struct waiting *new_waiting(struct task *task, char **url, uint32_t hops, uint32_t tries)
{
    struct waiting *waiting = waiting_new(task->seq, task->attempt);

    if (!waiting)
        return NULL;
    waiting->hops = hops;
    waiting->tries = tries;
    waiting->url = TAKE(*url);
    waiting->wants_fresh = task->request.wants_fresh || task->result.is_stale;
    waiting->has_crossed =
        task->has_crossed || task->origin != &task->host->origins[host_origin_index(waiting->url)];
    return waiting;
}

static void out_of_memory(struct task *task)
{
    result_end_with_detail(task, OUTCOME_INTERNAL_ERROR, "out of memory");
}

static void retry(struct task *task)
{
    struct engine *engine = task->host->engine;
    struct waiting *waiting = new_waiting(task, &task->url, task->hops, task->tries);

    if (!waiting) {
        out_of_memory(task);
        return;
    }
    lane_again(task->lane, waiting, clock_boottime_usec() + failure_backoff_usec(engine, task->tries - 1));
    result_dispose(task);
}

/* Waits once more, and no try of its own is used up: it is the host that is slowed. */
static void wait_for_host(struct task *task)
{
    struct waiting *waiting = new_waiting(task, &task->url, task->hops, task->tries - 1);

    if (!waiting) {
        out_of_memory(task);
        return;
    }
    lane_refused(task->lane, waiting);
    result_dispose(task);
}

/* A kept connection had ended, which is not the URL's fault: once, and no try of its own is used up. */
static void ask_again(struct task *task)
{
    struct waiting *waiting = new_waiting(task, &task->url, task->hops, task->tries - 1);

    if (!waiting) {
        out_of_memory(task);
        return;
    }
    lane_again(task->lane, waiting, 0);
    result_dispose(task);
}

/* To another URL of the same host. */
static void follow(struct task *task, char **url)
{
    struct waiting *waiting = new_waiting(task, url, task->hops + 1, 0);

    if (!waiting) {
        out_of_memory(task);
        return;
    }
    lane_again(task->lane, waiting, 0);
    result_dispose(task);
}

static void redirect(struct task *task)
{
    const struct engine_settings *settings = task->host->engine->settings;
    CLEANUP(freep) char *url = NULL;
    CLEANUP(freep) char *host = NULL;
    enum url_verdict verdict;

    if (!task->location || url_resolve(task->url, task->location, &url, &verdict) < 0) {
        out_of_memory(task);
    } else if (verdict != URL_OK) {
        result_end_with_detail(task, OUTCOME_BAD_REDIRECT, url_verdict_message(verdict));
    } else if (strcmp(url, task->url) == 0) {
        result_end_with_detail(task, OUTCOME_REDIRECT_LIMIT, "it redirects to itself");
    } else if (task->hops >= settings->max_redirects) {
        result_end_with_detail(task, OUTCOME_REDIRECT_LIMIT, "more redirects than MaxRedirects= allows");
    } else if (!(host = url_host_key(url))) {
        out_of_memory(task);
    } else if (strcmp(host, task->host->key) != 0) {
        result_refile(task, TAKE(url), TAKE(host));
    } else {
        follow(task, &url);
    }
}

/* Is the result final? */
static void decide(struct task *task)
{
    const struct fetch_result *result = &task->result;
    struct engine *engine = task->host->engine;

    if (task->job->phase == PHASE_CLOSED || engine->stopped)
        result_dispose(task);
    else if (result->outcome == OUTCOME_CANCELLED)
        wait_for_host(
            task); /* at the job's deadline, which the store does not know yet, or a retry has lifted */
    else if (result->is_stale)
        ask_again(task);
    else if (result->is_redirect)
        redirect(task);
    else if (result->http_status == 429 || result->http_status == 503)
        wait_for_host(task);
    else if (result->may_pass && task->tries < engine->settings->max_attempts)
        retry(task);
    else if (result->outcome == OUTCOME_NONE && reuse_is_confirmed(task))
        result_end(task, OUTCOME_NOT_MODIFIED);
    else if (result->outcome == OUTCOME_NONE || reuse_is_refused(task))
        reuse_fetch_anew(task);
    else
        result_end(task, result->outcome);
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
    if (job->phase != PHASE_CLOSED && lane) {
        give_up_go_on(lane);
        lane_release(lane);
    }
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
        result_dispose(task);
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
