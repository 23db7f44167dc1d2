#include "server/service_private.h"

#include "base/log.h"
#include "engine/engine.h"
#include "server/view.h"
#include "store/store.h"
#include "wire/messages.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_WARNINGS 4
#define MAX_WARNING 512

struct warnings {
    char text[MAX_WARNINGS][MAX_WARNING];
    const char *list[MAX_WARNINGS];
    size_t n;
};

static void warn(struct warnings *warnings, const char *text)
{
    (void)snprintf(warnings->text[warnings->n], MAX_WARNING, "%s", text);
    warnings->list[warnings->n] = warnings->text[warnings->n];
    warnings->n++;
}

static void find_warnings(
    const struct service *service, const struct engine_status *status, struct warnings *warnings)
{
    const struct service_configuration *configuration = &service->settings.configuration;
    char text[MAX_WARNING];

    if (status->store_error == -ENOSPC) {
        warn(warnings,
            "The disk is full, or below MinFreeSpace=: nothing is fetched and no list is taken until "
            "there is room.");
    } else if (status->store_error < 0) {
        (void)snprintf(text, sizeof(text), "The store cannot be written, so nothing is fetched: %s.",
            strerror(-status->store_error));
        warn(warnings, text);
    }
    if (!configuration->contact_is_set)
        warn(warnings, "Contact= is not set: servers cannot tell whom to write to about these requests.");
    if (configuration->n_config_warnings > 0)
        warn(warnings, "The configuration has lines that are not understood: see urlstatd --test-config.");
    if (configuration->refusal) {
        (void)snprintf(text, sizeof(text),
            "The configuration was read anew and refused, the one before is in effect: %s",
            configuration->refusal);
        warn(warnings, text);
    }
}

static struct wire_store_status store_status(struct store *store)
{
    struct store_stats stats;

    store_get_stats(store, &stats);
    return (struct wire_store_status){.bytes = (int64_t)stats.database_bytes,
        .wal_bytes = (int64_t)stats.wal_bytes,
        .free_bytes = (int64_t)stats.free_bytes,
        .transactions = (int64_t)stats.transactions,
        .write_seconds = view_seconds(stats.write_usec)};
}

void serve_status(struct call *call)
{
    const struct service *service = call_context(call);
    const struct engine *engine = service->settings.engine;
    struct warnings warnings = {0};
    struct engine_status status;
    struct wire_status_out out;

    engine_get_status(engine, &status);
    find_warnings(service, &status, &warnings);
    out = (struct wire_status_out){.version = service->settings.version,
        .engine = view_engine(),
        .pid = getpid(),
        .uptime = view_seconds(status.uptime_usec),
        .jobs = {.queued = (int64_t)status.jobs_queued,
            .running = (int64_t)status.jobs_running,
            .paused = (int64_t)status.jobs_paused},
        .queued = (int64_t)status.queued,
        .active = (int64_t)status.active,
        .hosts = (int64_t)status.hosts,
        .workers = status.n_workers,
        .max_transfers = engine_settings(engine)->max_transfers,
        .top_words = (int64_t)engine_settings(engine)->top_words,
        .connections = server_n_connections(service->settings.server),
        .urls_per_second = round(status.urls_per_sec * 100) / 100,
        .bytes_per_second = round(status.bytes_per_sec),
        .counted = (int64_t)status.counted,
        .store = store_status(engine_store(engine)),
        .warnings = warnings.list,
        .n_warnings = warnings.n,
        .log_level = log_level_to_string(log_level())};
    call_reply(call, &out);
}
