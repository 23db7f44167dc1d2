#include "server/explain.h"

#include "base/clock.h"
#include "base/text.h"
#include "fetch/url.h"
#include "server/ask.h"
#include "server/host_reason.h"
#include "server/host_view.h"
#include <errno.h>
#include <stdio.h>
#include <string.h>

static int add_origins(struct explain *explain, bool is_familiar)
{
    static const char *const schemes[] = {"http", "https"};
    int r = 0;

    for (size_t i = 0; i < 2 && r == 0; i++) {
        struct engine_origin_status status;
        char url[URL_MAX_LENGTH + 1];

        (void)snprintf(url, sizeof(url), "%s://%s/", schemes[i], explain->host);
        r = explain_add_origin(explain, url, is_familiar, &status);
    }
    return r;
}

static void say(struct explain *explain, const struct engine_host_status *status)
{
    char reason[HOST_REASON_SIZE];
    char span[TEXT_SPAN_SIZE];
    uint64_t now = clock_boottime_usec();

    if (status->queued > 0)
        explain_say(explain, "%llu URL%s that you may know of wait%s: ", (unsigned long long)status->queued,
            status->queued == 1 ? "" : "s", status->queued == 1 ? "s" : "");
    if (status->state == ENGINE_HOST_IDLE && status->next_usec > now && status->next_usec != USEC_NEVER) {
        explain_say(explain, "nothing of it waits; it may be asked again in %s",
            text_format_span(status->next_usec - now, span));
        return;
    }
    host_reason(status, reason);
    explain_say(explain, "%s", reason);
}

/* Before the answer to a word that may have been meant as a job. A final dot says that it is a host. */
static void say_unknown(struct explain *explain)
{
    const struct engine_host_filter filter = explain_filter(explain);
    const struct engine *engine = explain->work.service->settings.engine;
    struct engine_host_status status;
    const char *subject = explain->subject;

    if (!engine_get_host(engine, explain->host, &filter, &status) && subject[strlen(subject) - 1] != '.')
        explain_say(explain, "you have no job %.200s, and no host of that name is known: ", subject);
}

static int explain_key(struct explain *explain)
{
    const struct engine_host_filter filter = explain_filter(explain);
    bool is_familiar =
        engine_host_is_familiar(explain->work.service->settings.engine, explain->host, &filter);
    struct engine_host_status status;
    int r = explain_add_host(explain, explain->host, is_familiar, &status);

    if (r < 0)
        return r;
    explain->out.kind = "host";
    explain->out.subject = explain->host;
    explain->out.host_count = 1;
    explain->out.next = explain->hosts[0].next;
    if (!is_familiar && status.state == ENGINE_HOST_IDLE && status.queued == 0)
        say_unknown(explain);
    say(explain, &status);
    return add_origins(explain, is_familiar);
}

void explain_host(struct explain *explain)
{
    int r = ask_host(&explain->work, explain->subject, &explain->host);

    if (r == -EINVAL) {
        work_end(&explain->work);
        return;
    }
    if (r == 0)
        r = explain_key(explain);
    if (r < 0)
        work_fail(&explain->work, r);
    else
        explain_reply(explain);
}
