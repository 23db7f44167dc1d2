#include "server/explain.h"

#include "base/clock.h"
#include "base/text.h"
#include "engine/engine.h"
#include "engine/settings.h"
#include "fetch/address.h"
#include "fetch/guard.h"
#include "fetch/url.h"
#include "server/host_reason.h"
#include "server/host_view.h"
#include "server/view.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of a rule or a detail, in a sentence. */
#define SHOWN_SIZE 200

static int view_verdict(struct explain *explain, const struct engine_origin_status *origin)
{
    const struct robots_verdict *verdict = &origin->verdict;
    struct wire_prospect *prospect = &explain->prospect;
    char *rule;

    if (!origin->has_verdict)
        return 0;
    prospect->allowed = wire_some_bool(verdict->allowed);
    if (verdict->group_line > 0)
        prospect->group_line = wire_some_int(verdict->group_line);
    if (!verdict->rule)
        return 0;
    prospect->rule_line = wire_some_int(verdict->line);
    if (asprintf(&rule, "%s: %.*s", verdict->allowed ? "Allow" : "Disallow",
            text_cut(verdict->rule, SHOWN_SIZE), verdict->rule) < 0)
        return -ENOMEM;
    prospect->rule = arena_copy(&explain->work.arena, rule);
    free(rule);
    return prospect->rule ? 0 : -ENOMEM;
}

/* A host that is an address itself needs no name server to be judged; a name is looked up when it is asked.
 */
static bool say_guard(struct explain *explain)
{
    const struct engine_settings *settings = engine_settings(explain->work.service->settings.engine);
    const char *key = explain->host;
    size_t size = *key == '[' ? strcspn(key, "]") + 1 : strcspn(key, ":");
    union address address;
    enum guard_verdict verdict;

    if (settings->proxy || !address_parse(key, size, &address))
        return false;
    verdict = guard_check_tables(settings->guard, &address.any);
    if (verdict == GUARD_OK)
        return false;
    explain_say(explain, "it ends as blocked_address, without a request: %.*s %s%s", (int)size, key,
        guard_verdict_message(verdict),
        verdict == GUARD_NOT_GLOBAL ? ", and AllowNetworks= does not allow it" : "");
    return true;
}

/* What would become of it without a request. */
static bool say_end(
    struct explain *explain, const struct engine_host_status *host, const struct engine_origin_status *origin)
{
    char reason[HOST_REASON_SIZE];

    if (host->state == ENGINE_HOST_DENIED) {
        host_reason(host, reason);
        explain_say(explain, "it ends as denied_host, without a request: %s", reason);
    } else if (say_guard(explain)) {
        return true;
    } else if (origin->robots == ENGINE_ROBOTS_FAILED) {
        explain_say(explain, "it ends as %s, without a request: %.*s", outcome_to_string(origin->outcome),
            origin->detail ? text_cut(origin->detail, SHOWN_SIZE) : 0, origin->detail ? origin->detail : "");
    } else if (origin->has_verdict && !origin->verdict.allowed && explain->prospect.rule) {
        explain_say(explain, "it ends as robots_disallowed, without a request: robots.txt line %u: %s",
            origin->verdict.line, explain->prospect.rule);
    } else if (origin->has_verdict && !origin->verdict.allowed) {
        explain_say(explain,
            "it ends as robots_disallowed, without a request: robots.txt has too many rules for "
            "so long a path");
    } else {
        return false;
    }
    return true;
}

/* When a request could start, and what it waits for. */
static int say_start(
    struct explain *explain, const struct engine_host_status *host, const struct engine_origin_status *origin)
{
    const char *first = origin->robots == ENGINE_ROBOTS_UNKNOWN ? ", after its origin's robots.txt" : "";
    uint64_t now = clock_boottime_usec();
    char reason[HOST_REASON_SIZE];
    char span[TEXT_SPAN_SIZE];

    host_reason(host, reason);
    switch (host->state) {
    case ENGINE_HOST_PAUSED:
    case ENGINE_HOST_FULL:
    case ENGINE_HOST_WAITING:
    case ENGINE_HOST_HELD:
    case ENGINE_HOST_DENIED:
        explain_say(explain, "it may not be asked for now: %s", reason);
        explain->out.next = explain->hosts[0].next;
        return 0;
    case ENGINE_HOST_IDLE:
    case ENGINE_HOST_READY:
    case ENGINE_HOST_READING:
    case ENGINE_HOST_LATER:
    case ENGINE_HOST_DELAYED:
    case ENGINE_HOST_BUSY:
    case ENGINE_HOST_ASKING:
    case ENGINE_HOST_VISITING:
    case ENGINE_HOST_RETRYING:
    case ENGINE_HOST_SHARING:
    case ENGINE_HOST_STOPPED:
    case ENGINE_HOST_PARKED:
        break;
    }
    if (origin->due_usec == USEC_NEVER)
        explain_say(explain, "it may not be asked for now: %s",
            origin->robots == ENGINE_ROBOTS_ASKING ? "its origin's robots.txt is being fetched" : reason);
    else if (origin->due_usec <= now)
        explain_say(explain, "it may be asked for at once%s", first);
    else
        explain_say(explain, "it may be asked for in %s%s: %s",
            text_format_span(origin->due_usec - now, span), first,
            origin->parkings > 0 && origin->until_usec > now
                ? "its origin failed too often in a row, and is parked"
                : origin->until_usec > now           ? "its robots.txt could not be had yet"
                : host->state == ENGINE_HOST_DELAYED ? reason
                                                     : "one start a delay");
    return host_view_time(origin->due_usec, &explain->work.arena, &explain->out.next);
}

static int say(
    struct explain *explain, const struct engine_host_status *host, const struct engine_origin_status *origin)
{
    if (explain->active_job > 0) {
        explain_say(explain, "it is being fetched for job %llu", (unsigned long long)explain->active_job);
        return 0;
    }
    if (explain->waiting_job > 0)
        explain_say(explain, "it waits in job %llu", (unsigned long long)explain->waiting_job);
    if (explain->waiting_job > 0 && explain->waiting_job_state == JOB_PAUSED) {
        explain_say(
            explain, ", which is paused: urlstatctl resume %llu", (unsigned long long)explain->waiting_job);
        return 0;
    }
    if (explain->waiting_job > 0)
        explain_say(explain, ": ");
    return say_end(explain, host, origin) ? 0 : say_start(explain, host, origin);
}

static int fill(struct explain *explain)
{
    const struct engine_host_filter filter = explain_filter(explain);
    /* Who has had this very URL fetched knows its host, whoever else does. */
    bool is_familiar = explain->rows.n > 0 ||
        engine_host_is_familiar(explain->work.service->settings.engine, explain->host, &filter);
    struct engine_origin_status origin;
    struct engine_host_status host;
    int r = explain_add_host(explain, explain->host, is_familiar, &host);

    if (r == 0)
        r = explain_add_origin(explain, explain->url, is_familiar, &origin);
    if (r == 0)
        r = view_verdict(explain, &origin);
    explain->prospect.host = explain->host;
    explain->out.prospect = &explain->prospect;
    explain->out.host_count = 1;
    return r < 0 ? r : say(explain, &host, &origin);
}

static void searched(struct explain *explain)
{
    int r = fill(explain);

    if (r < 0)
        work_fail(&explain->work, r);
    else
        explain_reply(explain);
}

/* The spelling that stands for all of its spellings. 0; -EINVAL with the reason said; -ENOMEM. */
static int normalise(struct explain *explain)
{
    CLEANUP(freep) char *url = NULL;
    CLEANUP(freep) char *key = NULL;
    enum url_verdict verdict;
    int r = url_normalise(explain->subject, &url, &verdict);

    if (r < 0)
        return r;
    if (verdict != URL_OK) {
        explain_say(explain, "it is not taken as a URL: %s", url_verdict_message(verdict));
        return -EINVAL;
    }
    key = url_host_key(url);
    r = key ? work_copy(&explain->work, key, &explain->host) : -ENOMEM;
    return r < 0 ? r : work_copy(&explain->work, url, &explain->url);
}

void explain_url(struct explain *explain)
{
    int r = normalise(explain);

    explain->out.kind = "url";
    explain->out.subject = explain->url ? explain->url : explain->subject;
    if (r == -EINVAL)
        explain_reply(explain);
    else if (r < 0)
        work_fail(&explain->work, r);
    else
        explain_search(explain, searched);
}
