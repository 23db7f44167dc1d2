/* metrics: OpenMetrics text (OpenMetrics 1.0). Everybody who may connect may read it: nothing in it tells of
 * anybody's URLs, hosts or jobs. */
#include "server/service_private.h"

#include "base/array.h"
#include "engine/engine.h"
#include "engine/metrics.h"
#include "server/view.h"
#include "store/store.h"
#include "wire/messages.h"
#include <inttypes.h>
#include <stdarg.h>

/* The text so far. `r` is 0 until memory ran out. */
struct page {
    struct buffer text;
    int r;
};

__attribute__((format(printf, 2, 3))) static void print(struct page *page, const char *format, ...)
{
    char line[512];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(line, sizeof(line), format, arguments);
    va_end(arguments);
    if (page->r == 0)
        page->r = buffer_append_text(&page->text, line);
}

/* `unit` is NULL, or what the name ends with. */
static void describe(
    struct page *page, const char *name, const char *type, const char *unit, const char *help)
{
    print(page, "# TYPE urlstat_%s %s\n", name, type);
    if (unit)
        print(page, "# UNIT urlstat_%s %s\n", name, unit);
    print(page, "# HELP urlstat_%s %s\n", name, help);
}

static void gauge(struct page *page, const char *name, const char *unit, const char *help, double value)
{
    describe(page, name, "gauge", unit, help);
    print(page, "urlstat_%s %.15g\n", name, value);
}

static void counter(struct page *page, const char *name, const char *unit, const char *help, double value)
{
    describe(page, name, "counter", unit, help);
    print(page, "urlstat_%s_total %.15g\n", name, value);
}

static void histogram(struct page *page, const char *name, const char *unit, const char *help,
    const struct histogram *histogram)
{
    uint64_t n = 0;

    describe(page, name, "histogram", unit, help);
    for (size_t i = 0; i < histogram->n_bounds; i++) {
        n += histogram->ranges[i];
        print(page, "urlstat_%s_bucket{le=\"%#.6g\"} %" PRIu64 "\n", name, histogram->bounds[i], n);
    }
    n += histogram->ranges[histogram->n_bounds];
    print(page, "urlstat_%s_bucket{le=\"+Inf\"} %" PRIu64 "\n", name, n);
    print(page, "urlstat_%s_sum %.15g\n", name, histogram->sum);
    print(page, "urlstat_%s_count %" PRIu64 "\n", name, n);
}

static void print_daemon(struct page *page, const struct service *service)
{
    const struct engine *engine = service->settings.engine;
    struct engine_status status;

    engine_get_status(engine, &status);
    describe(page, "build_info", "gauge", NULL, "Version of the daemon and of its word engine.");
    print(page, "urlstat_build_info{version=\"%s\",engine=\"%s\"} 1\n", service->settings.version,
        view_engine().id);
    gauge(page, "uptime_seconds", "seconds", "Time since the start.", view_seconds(status.uptime_usec));
    describe(page, "jobs", "gauge", NULL, "Jobs that have not ended, by state.");
    print(page, "urlstat_jobs{state=\"queued\"} %" PRIu64 "\n", status.jobs_queued);
    print(page, "urlstat_jobs{state=\"running\"} %" PRIu64 "\n", status.jobs_running);
    print(page, "urlstat_jobs{state=\"paused\"} %" PRIu64 "\n", status.jobs_paused);
    gauge(page, "queued_urls", "urls", "URLs that wait.", (double)status.queued);
    gauge(page, "transfers", NULL, "Transfers in flight.", (double)status.active);
    gauge(page, "max_transfers", NULL, "MaxTransfers= of the configuration.",
        engine_settings(engine)->max_transfers);
    gauge(page, "hosts", NULL, "Hosts that URLs wait for or are fetched from.", (double)status.hosts);
    gauge(page, "workers", NULL, "Worker threads.", status.n_workers);
    gauge(
        page, "connections", NULL, "Connections of clients.", server_n_connections(service->settings.server));
}

static void print_urls(struct page *page, const struct engine_metrics *metrics)
{
    describe(page, "urls", "counter", NULL,
        "URLs that ended, by outcome. What a cancelled job left is not among them.");
    for (size_t i = 0; outcomes[i] != OUTCOME_NONE; i++)
        print(page, "urlstat_urls_total{outcome=\"%s\",state=\"%s\"} %" PRIu64 "\n",
            outcome_to_string(outcomes[i]), url_state_to_string(outcome_state(outcomes[i])),
            metrics->outcomes[outcomes[i]]);
    counter(page, "words", NULL, "Words that were counted.", (double)metrics->words);
    counter(page, "body_bytes", "bytes", "Decoded bytes of counted pages.", (double)metrics->body_bytes);
    counter(page, "received_bytes", "bytes", "Bytes that were received.", (double)metrics->wire_bytes);
    histogram(page, "answer_seconds", "seconds", "From the start of a transfer to its first byte.",
        &metrics->answer_seconds);
    histogram(page, "transfer_seconds", "seconds", "From the start of a transfer to its end.",
        &metrics->transfer_seconds);
    histogram(page, "page_bytes", "bytes", "Decoded size of counted pages.", &metrics->page_bytes);
    histogram(page, "page_words", "words", "Words of counted pages.", &metrics->page_words);
}

static void print_store(struct page *page, struct store *store)
{
    struct store_stats stats;

    store_get_stats(store, &stats);
    gauge(page, "store_bytes", "bytes", "Size of the store's file.", (double)stats.database_bytes);
    gauge(page, "store_wal_bytes", "bytes", "Size of its write-ahead log.", (double)stats.wal_bytes);
    gauge(page, "store_free_bytes", "bytes", "Free on its file system.", (double)stats.free_bytes);
    counter(page, "store_pages_read", NULL, "Pages whose words were read from the store.",
        (double)stats.pages_read);
    counter(page, "store_write_seconds", "seconds", "Time in write transactions.",
        view_seconds(stats.write_usec));
    counter(page, "store_commit_seconds", "seconds", "Of that, in COMMIT.", view_seconds(stats.commit_usec));
    histogram(
        page, "store_batch_requests", "requests", "Requests in a write transaction.", &stats.batch_requests);
    histogram(
        page, "store_batch_seconds", "seconds", "Duration of write transactions.", &stats.batch_seconds);
}

void serve_metrics(struct call *call)
{
    const struct service *service = call_context(call);
    struct page page = {0};

    print_daemon(&page, service);
    print_urls(&page, engine_metrics(service->settings.engine));
    print_store(&page, engine_store(service->settings.engine));
    print(&page, "# EOF\n");
    if (page.r == 0)
        page.r = buffer_append(&page.text, "", 1);
    if (page.r < 0)
        call_fail(call, page.r);
    else
        call_reply(call, &(struct wire_metrics_out){.text = (const char *)page.text.bytes});
    buffer_deinit(&page.text);
}
