#include "engine/state.h"

#include "base/clock.h"
#include <stdio.h>
#include <stdlib.h>

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

static void slow_down(struct host *host, const struct task *task)
{
    uint64_t wait = failure_backoff_usec(host->engine, host->holds++);

    host_hold(host, wait > task->result.retry_after_usec ? wait : task->result.retry_after_usec);
}

/* One more failure after a parking parks again. */
static void park(struct host *host, struct origin *origin, const struct task *task)
{
    if (origin->parkings < ORIGIN_PARKINGS) {
        origin_hold(origin, PARKING_USEC << origin->parkings);
        origin->parkings++;
        origin->failures = ORIGIN_MAX_FAILURES - 1;
        return;
    }
    origin->state = ORIGIN_CONDEMNED;
    origin->outcome = OUTCOME_HOST_FAILED;
    origin->until_usec = clock_boottime_usec() + CONDEMNED_USEC;
    origin->failures = origin->parkings = 0;
    free(origin->detail);
    if (asprintf(&origin->detail, "failed too often in a row, last: %s",
            task->detail ? task->detail : outcome_to_string(task->result.outcome)) < 0)
        origin->detail = NULL;
}

void failure_note(struct host *host, struct origin *origin, const struct task *task)
{
    int status = task->result.http_status;

    if (answered(task)) {
        uint64_t latency = task->result.first_byte_usec;

        host->latency_usec = (host->latency_usec * (LATENCY_WEIGHT - 1) + latency) / LATENCY_WEIGHT;
        host->holds = 0;
        origin->failures = origin->parkings = 0;
        return;
    }
    if (status == 429 || status == 503)
        slow_down(host, task);
    if (failed(task) && ++origin->failures >= ORIGIN_MAX_FAILURES)
        park(host, origin, task);
}
