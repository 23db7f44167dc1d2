/* status: the daemon at a glance. */
#include "base/clock.h"
#include "base/text.h"
#include "ctl/call.h"
#include "ctl/facts.h"
#include "ctl/render.h"
#include "wire/messages.h"
#include <inttypes.h>
#include <stdio.h>

#define COLOR_YELLOW "\033[33m"

static const char *const fields[] = {"version", "engine.id", "pid", "uptime", "jobs.queued", "jobs.running",
    "jobs.paused", "queued", "active", "hosts", "workers", "maxTransfers", "topWords", "connections",
    "urlsPerSecond", "bytesPerSecond", "counted", "store.bytes", "store.walBytes", "store.freeBytes",
    "store.transactions", "store.writeSeconds", "logLevel", "store.usedBytes", "store.maxBytes",
    "caller.user", "caller.queued", "caller.maxQueued", "caller.jobs", "caller.bytes", "caller.maxBytes",
    NULL};

static const struct render_layout layout = {
    .shape = &wire_status_out_shape, .columns = (const struct render_column[]){{0}}, .fields = fields};

static int add_work(struct table *table, const struct wire_status_out *status)
{
    char rate[TEXT_SIZE_SIZE];
    int r = facts_printf(table, "Jobs", "%" PRId64 " running, %" PRId64 " queued, %" PRId64 " paused",
        status->jobs.running, status->jobs.queued, status->jobs.paused);

    if (r == 0)
        r = facts_printf(table, "URLs", "%" PRId64 " queued, %" PRId64 " in flight, on %" PRId64 " host%s",
            status->queued, status->active, status->hosts, status->hosts == 1 ? "" : "s");
    if (r == 0)
        r = facts_printf(table, "Rate", "%.1f URLs/s, %s/s, %" PRId64 " pages counted since start",
            status->urls_per_second, text_format_size((uint64_t)status->bytes_per_second, rate),
            status->counted);
    return r < 0 ? r
                 : facts_printf(table, "Workers", "%" PRId64 ", with up to %" PRId64 " transfers",
                       status->workers, status->max_transfers);
}

/* ", of at most 10.0 GB", or nothing. */
#define LIMIT_SIZE (TEXT_SIZE_SIZE + 16)

static const char *format_limit(const struct wire_int *max, char buffer[static LIMIT_SIZE])
{
    char size[TEXT_SIZE_SIZE];

    buffer[0] = '\0';
    if (max->set)
        (void)snprintf(buffer, LIMIT_SIZE, ", of at most %s", text_format_size((uint64_t)max->value, size));
    return buffer;
}

static int add_store(struct table *table, const struct wire_store_status *store)
{
    char bytes[TEXT_SIZE_SIZE], log[TEXT_SIZE_SIZE], left[TEXT_SIZE_SIZE], limit[LIMIT_SIZE];

    return facts_printf(table, "Store", "%s%s, and %s of write-ahead log, %s left on disk",
        text_format_size((uint64_t)store->bytes, bytes), format_limit(&store->max_bytes, limit),
        text_format_size((uint64_t)store->wal_bytes, log),
        text_format_size((uint64_t)store->free_bytes, left));
}

static int add_caller(struct table *table, const struct wire_user_use *caller)
{
    char bytes[TEXT_SIZE_SIZE], limit[LIMIT_SIZE];

    if (!caller)
        return 0;
    return facts_printf(table, "You",
        "%s: %" PRId64 " URL%s waiting, of at most %" PRId64 "; %" PRId64 " job%s, %s%s", caller->user,
        caller->queued, caller->queued == 1 ? "" : "s", caller->max_queued, caller->jobs,
        caller->jobs == 1 ? "" : "s", text_format_size((uint64_t)caller->bytes, bytes),
        format_limit(&caller->max_bytes, limit));
}

static int print_status(struct context *context, const struct wire_status_out *status)
{
    CLEANUP(table_freep) struct table *table = NULL;
    char span[TEXT_SPAN_SIZE];
    int r = facts_new(context, &table);

    if (r == 0)
        r = facts_printf(table, "urlstatd", "%s, process %" PRId64 ", up %s", status->version, status->pid,
            text_format_span((uint64_t)(status->uptime * USEC_PER_SEC), span));
    if (r == 0)
        r = add_work(table, status);
    if (r == 0)
        r = add_store(table, &status->store);
    if (r == 0)
        r = add_caller(table, status->caller);
    if (r == 0)
        r = facts_printf(table, "Clients", "%" PRId64 " connected", status->connections);
    if (r == 0)
        r = facts_printf(table, "Engine", "%s (rules %s, ICU %s, Unicode %s)", status->engine.id,
            status->engine.rules, status->engine.icu, status->engine.unicode);
    if (r == 0 && status->log_level)
        r = facts_add(table, "Log level", status->log_level, NULL);
    for (size_t i = 0; i < status->n_warnings && r == 0; i++)
        r = facts_add(table, i == 0 ? "Attention" : "", status->warnings[i], COLOR_YELLOW);
    return r < 0 ? r : table_finish(table);
}

int verb_status(struct context *context, int argc, char **argv)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    const void *out;
    int r = call_once(context, WIRE_STATUS, NULL, &reply, &out);

    if (r != 0)
        return r;
    return context->format == FORMAT_TABLE ? print_status(context, out) : render_reply(context, &layout, out);
}
