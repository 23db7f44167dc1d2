#include "engine/failure.h"
#include "engine/dispatch.h"
#include "engine/host.h"
#include "engine/job.h"
#include "engine/state.h"
#include "engine/task.h"

#include "base/clock.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PARKING_USEC (600 * USEC_PER_SEC)
/* How long URLs of an origin that stayed dead through all parkings end at once. */
#define CONDEMNED_USEC (3600 * USEC_PER_SEC)
#define LATENCY_WEIGHT 8

uint64_t failure_backoff_usec(struct engine *engine, uint32_t n)
{
    uint64_t base = USEC_PER_SEC << (n < 12 ? n : 12);
    uint64_t jitter = (uint64_t)rand_r(&engine->random_state) % (base / 2 + 1);

    return base + jitter;
}

static bool answered(const struct task *task)
{
    int status = task->result.http_status;

    return status >= 200 && status < 500 && status != 429;
}

static bool failed(const struct task *task)
{
    static const enum outcome failures[] = {OUTCOME_DNS_FAILED, OUTCOME_CONNECT_FAILED, OUTCOME_TLS_FAILED,
        OUTCOME_TIMEOUT, OUTCOME_BAD_RESPONSE, OUTCOME_TRUNCATED};

    if (task->result.http_status >= 500 || task->result.http_status == 429)
        return true;
    for (size_t i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
        if (task->result.outcome == failures[i])
            return true;
    return false;
}

/* Several transfers that were under way together are refused as one, unless a good answer came in between. */
static bool is_new_refusal(const struct host *host, const struct task *task)
{
    return host->holds == 0 || task->started_usec >= host->held_since_usec;
}

static void slow_down(struct host *host, const struct task *task)
{
    uint64_t asked = task->result.retry_after_usec;
    uint64_t wait;

    if (is_new_refusal(host, task)) {
        host->held_since_usec = clock_boottime_usec();
        host->holds++;
    }
    wait = failure_backoff_usec(host->engine, host->holds - 1);
    host_hold(host, wait > asked ? wait : asked);
}

static void condemn(struct host *host, struct origin *origin, const struct task *task)
{
    origin->state = ORIGIN_CONDEMNED;
    origin->outcome = OUTCOME_HOST_FAILED;
    origin->until_usec = clock_boottime_usec() + CONDEMNED_USEC;
    origin->failures = origin->parkings = 0;
    free(origin->detail);
    if (asprintf(&origin->detail, "failed too often in a row, last: %s",
            task->detail ? task->detail : outcome_to_string(task->result.outcome)) < 0)
        origin->detail = NULL;
    host_save(host);
}

/* One more failure after a parking parks again. */
static void park(struct host *host, struct origin *origin, const struct task *task)
{
    if (origin->parkings == ORIGIN_PARKINGS) {
        condemn(host, origin, task);
        return;
    }
    origin->failures = ORIGIN_MAX_FAILURES - 1;
    origin->parked_since_usec = clock_boottime_usec();
    host_hold_origin(host, origin, PARKING_USEC << origin->parkings++);
}

static void note_failure(struct host *host, struct origin *origin, const struct task *task)
{
    if (task->started_usec < origin->parked_since_usec || origin->state == ORIGIN_CONDEMNED)
        return;
    if (++origin->failures >= ORIGIN_MAX_FAILURES)
        park(host, origin, task);
}

/* How long it takes to answer. An error may come fast where a page does not: it never shortens the delay. */
static void note_latency(struct host *host, const struct task *task)
{
    const struct fetch_result *result = &task->result;
    const bool is_answer = result->http_status >= 200 && result->http_status < 400;
    uint64_t latency = result->first_byte_usec > 0 ? result->first_byte_usec : result->total_usec;

    if (result->first_byte_usec > 0 || latency > ENGINE_QUICK_USEC)
        host_set_quick(host, latency <= ENGINE_QUICK_USEC);
    if (result->first_byte_usec == 0 && result->outcome != OUTCOME_TIMEOUT)
        return;
    /* More would only take longer to be forgotten. */
    if (latency > host->policy->delay_max_usec)
        latency = host->policy->delay_max_usec;
    if (host->latency_usec == 0)
        host->latency_usec = latency;
    else if (is_answer || latency > host->latency_usec)
        host->latency_usec = (host->latency_usec * (LATENCY_WEIGHT - 1) + latency) / LATENCY_WEIGHT;
    host_keep_delay(host);
}

static void note_outcome(struct host *host, const struct task *task)
{
    const enum outcome outcome = task->result.outcome;

    /* A redirect is no end, and a robots.txt no page. */
    if (!task->job || outcome == OUTCOME_NONE || outcome == OUTCOME_CANCELLED)
        return;
    memmove(&host->recent[1], &host->recent[0], sizeof(host->recent) - sizeof(host->recent[0]));
    host->recent[0] = (struct recent_outcome){.outcome = outcome, .owner = task->job->user->uid};
}

void failure_note(struct host *host, struct origin *origin, const struct task *task)
{
    const int status = task->result.http_status;
    const bool is_refusal = status == 429 || status == 503;
    const bool counts = !is_refusal || is_new_refusal(host, task);

    if (task->result.is_stale)
        return;
    note_outcome(host, task);
    /* Neither its time nor its end says anything of the host. */
    if (task->result.is_held_back)
        return;
    note_latency(host, task);
    if (answered(task)) {
        const bool was_bad = host->holds > 0 || origin->failures > 0 || origin->parkings > 0;

        host->holds = 0;
        origin->failures = origin->parkings = 0;
        if (was_bad && host->has_row)
            host_save(host);
        return;
    }
    if (is_refusal)
        slow_down(host, task);
    if (failed(task) && counts)
        note_failure(host, origin, task);
}
