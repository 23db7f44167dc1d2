#include "server/host_reason.h"

#include "base/clock.h"
#include <stdio.h>

/* "2 min 5 s": a span for a sentence. */
static void format_span(uint64_t usec, char *text, size_t size)
{
    uint64_t seconds = (usec + USEC_PER_SEC - 1) / USEC_PER_SEC;

    if (seconds < 120)
        (void)snprintf(text, size, "%llu s", (unsigned long long)seconds);
    else
        (void)snprintf(text, size, "%llu min", (unsigned long long)((seconds + 59) / 60));
}

static const char *delay_reason(enum engine_delay_cause cause)
{
    switch (cause) {
    case ENGINE_DELAY_CONFIGURED:
        return "as it is configured";
    case ENGINE_DELAY_ROBOTS:
        return "as its robots.txt asks";
    case ENGINE_DELAY_LATENCY:
        return "as it takes long to answer";
    }
    return "";
}

static void of_hold(const struct engine_host_status *host, const char *left, char *text, size_t size)
{
    if (host->refusals > 0)
        (void)snprintf(text, size, "it refused with 429 or 503, %u in a row: left alone for %s more",
            host->refusals, left);
    else
        (void)snprintf(text, size, "its robots.txt could not be had: asked for again in %s", left);
}

void host_reason(const struct engine_host_status *host, char text[static HOST_REASON_SIZE])
{
    const size_t size = HOST_REASON_SIZE;
    uint64_t now = clock_boottime_usec();
    bool waits = host->next_usec != USEC_NEVER && host->next_usec > now;
    char left[32];
    char delay[32];

    format_span(waits ? host->next_usec - now : 0, left, sizeof(left));
    format_span(host->delay_usec, delay, sizeof(delay));
    switch (host->state) {
    case ENGINE_HOST_IDLE:
        (void)snprintf(text, size, "nothing of it waits");
        return;
    case ENGINE_HOST_READY:
        (void)snprintf(text, size, "it is next when the daemon has a transfer to spare");
        return;
    case ENGINE_HOST_DELAYED:
        (void)snprintf(text, size, "one start every %s, %s: the next in %s", delay,
            delay_reason(host->delay_cause), left);
        return;
    case ENGINE_HOST_FULL:
        (void)snprintf(text, size, "%u transfers run, more are not allowed at once", host->active);
        return;
    case ENGINE_HOST_BUSY:
        (void)snprintf(text, size, "all that may start is running");
        return;
    case ENGINE_HOST_ASKING:
        (void)snprintf(text, size, "its robots.txt is being fetched");
        return;
    case ENGINE_HOST_RETRYING:
        (void)snprintf(text, size, "what failed is tried again in %s", left);
        return;
    case ENGINE_HOST_STOPPED:
        (void)snprintf(text, size, "the jobs of its URLs are paused");
        return;
    case ENGINE_HOST_HELD:
        of_hold(host, left, text, size);
        return;
    case ENGINE_HOST_PARKED:
        (void)snprintf(text, size, "it failed too often in a row, parked %u time%s: tried again in %s",
            host->parkings, host->parkings == 1 ? "" : "s", left);
        return;
    case ENGINE_HOST_PAUSED:
        (void)snprintf(text, size, "root paused %.200s: urlstatctl resume --host=%.200s", host->paused_by,
            host->paused_by);
        return;
    case ENGINE_HOST_DENIED:
        (void)snprintf(text, size, "Deny= forbids it");
        return;
    }
}
