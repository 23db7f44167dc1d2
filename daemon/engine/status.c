#include "engine/engine.h"
#include "engine/host.h"
#include "engine/job.h"
#include "engine/lane.h"
#include "engine/rates.h"
#include "engine/state.h"
#include "engine/task.h"
#include "engine/worker.h"

#include "base/clock.h"
#include <errno.h>
#include <math.h>
#include <string.h>

/* ---- rates over the last seconds ---- */

static void roll(struct rates *rates, uint64_t second)
{
    uint64_t gone = second - rates->second;

    if (gone >= RATE_SECONDS) {
        memset(rates->urls, 0, sizeof(rates->urls));
        memset(rates->bytes, 0, sizeof(rates->bytes));
    } else {
        for (uint64_t s = rates->second + 1; s <= second; s++)
            rates->urls[s % RATE_SECONDS] = rates->bytes[s % RATE_SECONDS] = 0;
    }
    rates->second = second;
}

void rates_add(struct rates *rates, uint64_t now_usec, uint64_t bytes)
{
    uint64_t second = now_usec / USEC_PER_SEC;

    if (second != rates->second)
        roll(rates, second);
    rates->urls[second % RATE_SECONDS]++;
    rates->bytes[second % RATE_SECONDS] += bytes;
}

static double per_second(
    const uint64_t *slots, const struct rates *rates, uint64_t since_usec, uint64_t now_usec)
{
    uint64_t second = now_usec / USEC_PER_SEC;
    double span = (double)(now_usec - since_usec) / (double)USEC_PER_SEC;
    uint64_t sum = 0;

    for (uint64_t s = rates->second > RATE_SECONDS ? rates->second - RATE_SECONDS + 1 : 0; s <= rates->second;
         s++)
        if (s + RATE_SECONDS > second)
            sum += slots[s % RATE_SECONDS];
    return (double)sum / fmin(fmax(span, 1), RATE_SECONDS);
}

static double urls_per_sec(const struct rates *rates, uint64_t since_usec, uint64_t now_usec)
{
    return per_second(rates->urls, rates, since_usec, now_usec);
}

static double bytes_per_sec(const struct rates *rates, uint64_t since_usec, uint64_t now_usec)
{
    return per_second(rates->bytes, rates, since_usec, now_usec);
}

/* ---- what only memory knows ---- */

uint64_t engine_job_active(const struct engine *engine, uint64_t number)
{
    const struct job *job = job_find(engine, number);
    uint64_t n = 0;

    if (!job || job->phase == PHASE_CLOSED)
        return 0;
    LIST_FOR_EACH (link, &job->tasks)
        n++;
    return n;
}

void engine_job_rates(
    const struct engine *engine, uint64_t number, double *ret_urls_per_sec, double *ret_bytes_per_sec)
{
    const struct job *job = job_find(engine, number);
    uint64_t now = clock_boottime_usec();

    *ret_urls_per_sec = job ? urls_per_sec(&job->rates, job->since_usec, now) : 0;
    *ret_bytes_per_sec = job ? bytes_per_sec(&job->rates, job->since_usec, now) : 0;
}

/* What waits for the host over all jobs, one a delay, after whatever holds it. */
static double host_seconds(const struct host *host, uint64_t now)
{
    uint64_t until = host->hold_until_usec;
    uint64_t n = 0;
    uint64_t hold;

    LIST_FOR_EACH (link, &host->lanes)
        n += CONTAINER_OF(link, struct lane, in_host)->n_left;
    for (size_t i = 0; i < 2; i++)
        until = host->origins[i].hold_until_usec > until ? host->origins[i].hold_until_usec : until;
    hold = until > now ? until - now : 0;
    return ((double)hold + (double)n * (double)host_delay_usec(host)) / (double)USEC_PER_SEC;
}

double engine_job_remaining(const struct engine *engine, uint64_t number)
{
    const struct job *job = job_find(engine, number);
    uint64_t now = clock_boottime_usec();
    double seconds = 0;
    double rate;

    if (!job || job->phase != PHASE_RUNNING)
        return NAN;
    rate = urls_per_sec(&job->rates, job->since_usec, now);
    if (rate > 0)
        seconds = (double)(job->total - job->ended) / rate;
    LIST_FOR_EACH (link, &job->lanes)
        seconds = fmax(seconds, host_seconds(CONTAINER_OF(link, struct lane, in_job)->host, now));
    return seconds > 0 ? seconds : NAN;
}

bool engine_url_is_active(const struct engine *engine, uint64_t number, uint64_t seq)
{
    const struct job *job = job_find(engine, number);
    const struct task *task = NULL;

    if (job)
        HASH_FIND(by_seq, job->tasks_by_seq, &seq, sizeof(seq), task);
    return task != NULL;
}

static void add_job(struct engine_status *status, const struct job *job)
{
    status->queued += job->total - job->ended - job->n_active;
    if (job->phase == PHASE_PAUSED)
        status->jobs_paused++;
    else if (job->started)
        status->jobs_running++;
    else
        status->jobs_queued++;
}

const struct engine_metrics *engine_metrics(const struct engine *engine)
{
    return &engine->metrics;
}

void engine_get_status(const struct engine *engine, struct engine_status *ret)
{
    uint64_t now = clock_boottime_usec();
    struct engine_status status = {
        .uptime_usec = now - engine->started_usec,
        .active = engine->n_active,
        .hosts = engine->n_hosts - engine->n_idle_hosts,
        .counted = engine->counted,
        .ended = engine->ended,
        .urls_per_sec = urls_per_sec(&engine->rates, engine->started_usec, now),
        .bytes_per_sec = bytes_per_sec(&engine->rates, engine->started_usec, now),
        .n_workers = engine->n_workers,
        .has_damaged = store_damaged_file(engine->store) != NULL,
        .is_stuck_damaged = store_is_stuck_damaged(engine->store),
        .is_older = store_is_older(engine->store),
        .store_error = engine->store_error < 0 ? engine->store_error : engine->space_error,
    };

    for (const struct job *job = engine->jobs; job; job = job->hh.next)
        if (job->phase != PHASE_CLOSED)
            add_job(&status, job);
    *ret = status;
}

uint64_t engine_user_queued(const struct engine *engine, uid_t uid)
{
    const struct user *user;

    HASH_FIND(hh, engine->users, &uid, sizeof(uid), user);
    return user ? user->queued : 0;
}

unsigned engine_n_workers(const struct engine *engine)
{
    return engine->n_workers;
}

void engine_get_worker(const struct engine *engine, unsigned index, struct engine_worker_status *ret)
{
    struct worker_counters counters;

    worker_get_counters(engine->workers[index], &counters);
    *ret = (struct engine_worker_status){
        .worker = index + 1,
        .active = engine->n_in_flight[index],
        .fetched = counters.fetched,
        .bytes = counters.bytes,
        .tokens = counters.tokens,
    };
}

void engine_each_transfer(const struct engine *engine, unsigned index,
    void (*visit)(void *userdata, const struct engine_transfer_status *transfer), void *userdata)
{
    uint64_t now = clock_boottime_usec();

    LIST_FOR_EACH (link, &engine->in_flight[index]) {
        const struct task *task = CONTAINER_OF(link, struct task, in_worker);
        const struct engine_transfer_status transfer = {
            .job = task->job ? task->job->number : 0,
            .seq = task->job ? task->seq : 0,
            .url = task->url,
            .running_usec = now - task->started_usec,
        };

        visit(userdata, &transfer);
    }
}

uint64_t engine_oldest_pulse_usec(const struct engine *engine)
{
    uint64_t oldest = clock_boottime_usec();

    for (unsigned i = 0; i < engine->n_workers; i++) {
        struct worker_counters counters;

        worker_get_counters(engine->workers[i], &counters);
        if (counters.pulse_usec < oldest)
            oldest = counters.pulse_usec;
    }
    return oldest;
}
