#include "server/work.h"

#include "base/list.h"
#include "base/log.h"
#include "engine/engine.h"
#include "server/view.h"
#include "store/store.h"
#include "store/store_read.h"
#include "wire/messages.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MAX_WARNINGS 8
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

/* What is wrong with the file itself, beside what it cannot be written for. */
static void warn_of_file(struct store *store, struct warnings *warnings)
{
    char text[MAX_WARNING];

    if (store_is_older(store)) {
        (void)snprintf(text, sizeof(text),
            "The jobs in %s are of an earlier version and not migrated yet: that takes a disk that can be "
            "written, with room for a copy of them and a quarter more. They are shown then.",
            store_file(store));
        warn(warnings, text);
    }
    if (store_is_stuck_damaged(store)) {
        (void)snprintf(text, sizeof(text),
            "The jobs in %s are damaged, and what can still be read of them, if anything, is shown. Once its "
            "disk can be written, they are set aside, and the daemon goes on with an empty file.",
            store_file(store));
        warn(warnings, text);
    }
    if (store_damaged_file(store)) {
        (void)snprintf(text, sizeof(text),
            "The jobs of before were damaged and are set aside in %s: take a backup in, or take it away.",
            store_damaged_file(store));
        warn(warnings, text);
    }
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
    } else if (status->store_error == -EOVERFLOW) {
        warn(warnings,
            "The store has reached MaxSize=: nothing is fetched and no list is taken until jobs are "
            "removed.");
    } else if (status->store_error == -EROFS) {
        warn(warnings,
            "The store's disk is read-only: nothing is fetched and nothing is changed until it can be "
            "written; see journalctl -k.");
    } else if (status->store_error < 0) {
        (void)snprintf(text, sizeof(text), "The store cannot be written, so nothing is fetched: %s.",
            strerror(-status->store_error));
        warn(warnings, text);
    }
    warn_of_file(engine_store(service->settings.engine), warnings);
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

static struct wire_int limit(uint64_t max)
{
    return max > 0 ? wire_some_int((int64_t)max) : (struct wire_int){0};
}

static struct wire_store_status store_status(const struct engine *engine)
{
    struct store_stats stats;

    store_get_stats(engine_store(engine), &stats);
    return (struct wire_store_status){.bytes = (int64_t)stats.database_bytes,
        .wal_bytes = (int64_t)stats.wal_bytes,
        .free_bytes = (int64_t)stats.free_bytes,
        .transactions = (int64_t)stats.transactions,
        .write_seconds = view_seconds(stats.write_usec),
        .used_bytes = (int64_t)stats.used_bytes,
        .max_bytes = limit(engine_settings(engine)->max_store_bytes)};
}

struct asking {
    struct work work;
    struct store_read_use use;
};

static struct wire_user_use caller_use(struct asking *asking)
{
    const struct engine *engine = asking->work.service->settings.engine;
    const struct engine_settings *settings = engine_settings(engine);
    uid_t uid = asking->use.uid;

    return (struct wire_user_use){.user = service_user_name(asking->work.service, uid),
        .queued = (int64_t)engine_user_queued(engine, uid),
        .max_queued = (int64_t)settings->max_queued_per_user,
        .jobs = (int64_t)asking->use.jobs,
        .bytes = (int64_t)asking->use.bytes,
        .max_bytes = limit(settings->max_store_per_user)};
}

static void reply(struct call *call, const struct wire_user_use *caller)
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
        .store = store_status(engine),
        .warnings = warnings.list,
        .n_warnings = warnings.n,
        .log_level = log_level_to_string(log_level()),
        .caller = caller};
    call_reply(call, &out);
}

/* A store that cannot be read is what status is there to tell. */
static void came(struct store_request *request, void *receiver)
{
    struct asking *asking = CONTAINER_OF(request, struct asking, use.request);
    struct wire_user_use caller;

    if (!work_came_back(&asking->work))
        return;
    caller = caller_use(asking);
    reply(asking->work.call, request->r == 0 && caller.user ? &caller : NULL);
    work_end(&asking->work);
}

void serve_status(struct call *call)
{
    struct asking *asking = work_new(call, sizeof(*asking));

    if (!asking)
        return;
    asking->use = (struct store_read_use){
        .request = {.kind = STORE_READ_USE, .done = came}, .uid = call_peer(call)->uid};
    work_submit(&asking->work, &asking->use.request);
}
