#include "server/explain.h"

#include "base/clock.h"
#include "fetch/url.h"
#include "server/host_view.h"
#include "server/view.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void release(void *work)
{
    struct explain *explain = work;

    store_rows_free(explain->known.rows);
    store_rows_free(explain->all_jobs.rows);
    store_rows_free(explain->urls.rows);
    list_reply_deinit(&explain->rows);
}

static bool may_read(void *userdata, uid_t owner)
{
    const struct explain *explain = userdata;

    return service_may_read(explain->work.service, call_peer(explain->work.call), owner);
}

struct engine_host_filter explain_filter(struct explain *explain)
{
    const struct engine_settings *settings = engine_settings(explain->work.service->settings.engine);

    return (struct engine_host_filter){.may_read = may_read,
        .userdata = explain,
        .idle = engine_settings_reads_all(settings, call_peer(explain->work.call)->uid)};
}

void explain_say(struct explain *explain, const char *format, ...)
{
    size_t length = strlen(explain->reason);
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(explain->reason + length, sizeof(explain->reason) - length, format, arguments);
    va_end(arguments);
}

int explain_add_host(
    struct explain *explain, const char *key, bool is_familiar, struct engine_host_status *ret_status)
{
    const struct engine *engine = explain->work.service->settings.engine;
    struct engine_host_filter filter = explain_filter(explain);
    int r;

    filter.idle = filter.idle || is_familiar;
    if (!engine_get_host(engine, key, &filter, ret_status))
        engine_get_unmet_host(engine, key, ret_status);
    r = host_view(ret_status, &explain->work.arena, &explain->hosts[explain->out.n_hosts]);
    if (r == 0)
        explain->out.n_hosts++;
    return r;
}

/* NULL for a time that is over, or 0. */
static int view_past(uint64_t boottime_usec, struct arena *arena, const char **ret)
{
    uint64_t now = clock_boottime_usec();
    uint64_t realtime = clock_realtime_usec();

    if (boottime_usec == 0 || boottime_usec > now || now - boottime_usec > realtime)
        return 0;
    return view_time(realtime - (now - boottime_usec), arena, ret);
}

static int view_origin(
    const struct engine_origin_status *status, struct arena *arena, struct wire_origin *ret)
{
    int r;

    ret->robots = engine_robots_to_string(status->robots);
    ret->failures = status->failures;
    ret->parkings = status->parkings;
    if (status->crawl_delay_usec > 0)
        ret->crawl_delay = wire_some_float(view_seconds(status->crawl_delay_usec));
    if (status->crawl_delay_line > 0)
        ret->crawl_delay_line = wire_some_int(status->crawl_delay_line);
    if (status->robots == ENGINE_ROBOTS_FAILED) {
        ret->outcome = outcome_to_string(status->outcome);
        ret->detail = status->detail;
    }
    r = view_past(status->robots_fetched_usec, arena, &ret->robots_fetched);
    if (r == 0)
        r = host_view_time(status->robots_until_usec, arena, &ret->robots_until);
    return r < 0 ? r : host_view_time(status->until_usec, arena, &ret->until);
}

int explain_add_origin(
    struct explain *explain, const char *url, bool is_familiar, struct engine_origin_status *ret_status)
{
    const struct engine *engine = explain->work.service->settings.engine;
    struct wire_origin *origin = &explain->origins[explain->out.n_origins];
    char *name = url_origin(url);
    int r;

    origin->origin = arena_copy(&explain->work.arena, name);
    free(name);
    if (!origin->origin)
        return -ENOMEM;
    r = engine_get_origin(engine, url, is_familiar || explain_filter(explain).idle, ret_status);
    if (r == 0)
        r = view_origin(ret_status, &explain->work.arena, origin);
    if (r == 0)
        explain->out.n_origins++;
    return r;
}

void explain_reply(struct explain *explain)
{
    struct wire_explain_out *out = &explain->out;

    out->reason = explain->reason;
    out->hosts = explain->hosts;
    out->origins = explain->origins;
    out->urls = (const struct wire_url *)explain->rows.items;
    out->n_urls = explain->rows.n;
    call_reply(explain->work.call, out);
    work_end(&explain->work);
}

static bool is_number(const char *text)
{
    return *text && text[strspn(text, "0123456789")] == '\0';
}

static void found(void *work)
{
    explain_job(work);
}

static void missing(void *work)
{
    explain_host(work);
}

void serve_explain(struct call *call)
{
    const struct wire_explain_in *in = call_in(call);
    struct explain *explain = work_new(call, sizeof(*explain));
    int r;

    if (!explain)
        return;
    explain->work.release = release;
    list_reply_init(&explain->rows, &wire_url_shape);
    r = work_copy(&explain->work, in->subject, &explain->subject);
    if (r < 0) {
        work_fail(&explain->work, r);
        return;
    }
    if (in->subject && strstr(in->subject, "://")) {
        explain_url(explain);
        return;
    }
    /* No host has a tilde, and none is a number. */
    if (in->subject && !is_number(in->subject) && !strchr(in->subject, '~'))
        explain->work.missing = missing;
    work_find(&explain->work, in->subject ? &in->subject : NULL, in->subject ? 1 : 0, WORK_TO_READ, found);
}
