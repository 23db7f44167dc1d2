#include "server/explain.h"

#include "base/clock.h"
#include "base/text.h"
#include "server/host_reason.h"
#include "server/host_view.h"
#include "server/view.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char *plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

/* The first of its hosts, by when they may start something. */
struct first_hosts {
    struct engine_host_status hosts[EXPLAIN_HOSTS];
    size_t n;
};

static void take_host(struct first_hosts *first, const struct engine_host_status *host)
{
    size_t i = first->n < EXPLAIN_HOSTS ? first->n++ : EXPLAIN_HOSTS;

    if (i == EXPLAIN_HOSTS && first->hosts[--i].next_usec <= host->next_usec)
        return;
    for (; i > 0 && first->hosts[i - 1].next_usec > host->next_usec; i--)
        first->hosts[i] = first->hosts[i - 1];
    first->hosts[i] = *host;
}

static int find_hosts(struct explain *explain, uint64_t job, struct first_hosts *first)
{
    const struct engine *engine = explain->work.service->settings.engine;
    struct engine_host_filter filter = explain_filter(explain);
    const char *const *keys;
    size_t n;
    int r;

    filter.job = job;
    r = engine_list_hosts(engine, &filter, &explain->work.arena, &keys, &n);
    for (size_t i = 0; r == 0 && i < n; i++) {
        struct engine_host_status status;

        if (engine_get_host(engine, keys[i], &filter, &status))
            take_host(first, &status);
    }
    for (size_t i = 0; r == 0 && i < first->n; i++)
        r = host_view(&first->hosts[i], &explain->work.arena, &explain->hosts[i]);
    explain->out.n_hosts = first->n;
    explain->out.host_count = r == 0 ? (int64_t)n : 0;
    return r;
}

/* What its URLs wait for. */
static void say_hosts(
    struct explain *explain, const struct engine_job_status *job, const struct first_hosts *first)
{
    const struct engine_host_status *host = &first->hosts[0];
    uint64_t now = clock_boottime_usec();
    char reason[HOST_REASON_SIZE];
    char span[TEXT_SPAN_SIZE];
    uint64_t n = (uint64_t)explain->out.host_count;

    if (job->active > 0)
        explain_say(explain, "it is running, %llu URL%s in flight; ", (unsigned long long)job->active,
            plural(job->active));
    if (first->n == 0) {
        explain_say(explain, "its hosts are being read from the store");
        return;
    }
    explain_say(explain, "%llu waiting URL%s %s of %s%llu host%s; ", (unsigned long long)job->waiting,
        plural(job->waiting), job->waiting == 1 ? "is" : "are", job->has_more ? "more than " : "",
        (unsigned long long)n, plural(n));
    host_reason(host, reason);
    if (host->next_usec != USEC_NEVER && host->next_usec > now)
        explain_say(explain, "the next may start in %s: %s: %s",
            text_format_span(host->next_usec - now, span), host->host, reason);
    else
        explain_say(explain, "the next is %s: %s", host->host, reason);
    explain->out.next = explain->hosts[0].next;
}

/* What stands still whatever its hosts do. True if that is so. */
static bool say_standstill(
    struct explain *explain, const struct store_job_row *row, const struct engine_job_status *job)
{
    switch (job->phase) {
    case ENGINE_JOB_PAUSED:
        explain_say(explain, "it is paused: urlstatctl resume %llu", (unsigned long long)row->job);
        if (job->active > 0)
            explain_say(explain, "; %llu URL%s still in flight", (unsigned long long)job->active,
                job->active == 1 ? " is" : "s are");
        return true;
    case ENGINE_JOB_EXPIRING:
        explain_say(explain, "its deadline is over: what is left ends as expired");
        break;
    case ENGINE_JOB_FINISHING:
        explain_say(explain, "all of its URLs have ended: its totals are being made");
        return true;
    case ENGINE_JOB_RUNNING:
        break;
    }
    if (job->hold != ENGINE_HOLD_NONE) {
        explain_say(explain, "%s%s", explain->reason[0] ? "; " : "", hold_reason(job->hold));
        return true;
    }
    if (job->phase == ENGINE_JOB_RUNNING && job->waiting == 0)
        explain_say(explain, "%s in flight", job->active == 1 ? "its last URL is" : "its last URLs are");
    return job->phase == ENGINE_JOB_EXPIRING || job->waiting == 0;
}

static void say_end(struct explain *explain, const struct store_job_row *row)
{
    if (row->imported)
        explain_say(explain, "it was imported; ");
    else if (row->state == JOB_CANCELLED)
        explain_say(explain, "it was cancelled; ");
    else
        explain_say(explain, "it is done; ");
    explain_say(explain, "%llu of its %llu URL%s counted", (unsigned long long)row->counted,
        (unsigned long long)row->total, row->total == 1 ? " was" : "s were");
    if (row->failed > 0 && row->imported)
        explain_say(explain, ", and %llu failed", (unsigned long long)row->failed);
    else if (row->failed > 0)
        explain_say(explain, ", and %llu failed: urlstatctl retry %llu", (unsigned long long)row->failed,
            (unsigned long long)row->job);
}

static int say(struct explain *explain, const struct store_job_row *row)
{
    struct first_hosts first = {.n = 0};
    struct engine_job_status job;
    int r;

    if (row->state == JOB_DONE || row->state == JOB_CANCELLED) {
        say_end(explain, row);
        return 0;
    }
    if (!engine_get_job(explain->work.service->settings.engine, row->job, &job)) {
        explain_say(explain, "it is just ending");
        return 0;
    }
    r = find_hosts(explain, row->job, &first);
    if (r == 0 && !say_standstill(explain, row, &job))
        say_hosts(explain, &job, &first);
    return r;
}

void explain_job(struct explain *explain)
{
    struct work *work = &explain->work;
    const struct store_job_row *row = work->rows[0];
    struct wire_job job;
    char number[24];
    int r = view_job(work->service, call_peer(work->call), row, &work->arena, &job);

    (void)snprintf(number, sizeof(number), "%llu", (unsigned long long)row->job);
    explain->out.kind = "job";
    explain->out.subject = number;
    explain->out.job = &job;
    if (r == 0)
        r = say(explain, row);
    if (r < 0)
        work_fail(work, r);
    else
        explain_reply(explain);
}
