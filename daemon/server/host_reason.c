#include "server/host_reason.h"

#include "base/clock.h"
#include "base/text.h"
#include <stdio.h>

const char *hold_reason(enum engine_hold hold)
{
    switch (hold) {
    case ENGINE_HOLD_NONE:
        return "it is next";
    case ENGINE_HOLD_STOPPING:
        return "the daemon is being stopped: it goes on when it is started again";
    case ENGINE_HOLD_STORE:
        return "the store fails, so that nothing starts: urlstatctl status says how";
    case ENGINE_HOLD_UNWRITTEN:
        return "the store is behind with writing what was fetched: nothing starts until it has caught up";
    case ENGINE_HOLD_SPACE:
        return "the disk is full, or has less free space than MinFreeSpace=: nothing starts until there is "
               "more";
    case ENGINE_HOLD_SIZE:
        return "the store has reached MaxSize=: nothing starts until jobs are removed";
    case ENGINE_HOLD_BYTES:
        return "MaxBytesPerSec= is used up: what runs has its turn first";
    case ENGINE_HOLD_TRANSFERS:
        return "MaxTransfers= transfers run: it has its turn when some of them end";
    case ENGINE_HOLD_SLOW:
        return "hosts that answer slowly, or did not answer yet, have taken three quarters of MaxTransfers=: "
               "it has its turn when some of theirs end";
    }
    return "";
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
    if (!host->waits_for_robots && host->refusals > 0)
        (void)snprintf(text, size, "it refused with 429 or 503, %u in a row: left alone for %s more",
            host->refusals, left);
    else if (!host->waits_for_robots)
        (void)snprintf(text, size, "it refused with 429 or 503: left alone for %s more", left);
    else
        (void)snprintf(text, size, "its robots.txt could not be had yet: asked for in %s", left);
}

static void of_visit(
    const struct engine_host_status *host, bool waits, const char *left, char *text, size_t size)
{
    const char *next = host->next_usec == USEC_NEVER ? "nothing starts there now"
        : waits                                      ? "the next start there in "
                                                     : "the next start there is due";

    (void)snprintf(text, size, "its robots.txt has moved to %.200s, where it waits for its turn: %s%s",
        host->visits, next, waits ? left : "");
}

void host_reason(const struct engine_host_status *host, char text[static HOST_REASON_SIZE])
{
    const size_t size = HOST_REASON_SIZE;
    uint64_t now = clock_boottime_usec();
    bool waits = host->next_usec != USEC_NEVER && host->next_usec > now;
    char left[TEXT_SPAN_SIZE];
    char delay[TEXT_SPAN_SIZE];

    (void)text_format_span(waits ? host->next_usec - now : 0, left);
    (void)text_format_span(host->delay_usec, delay);
    switch (host->state) {
    case ENGINE_HOST_IDLE:
        (void)snprintf(text, size, "nothing of it waits");
        return;
    case ENGINE_HOST_READY:
        (void)snprintf(text, size, "it is next");
        return;
    case ENGINE_HOST_WAITING:
        (void)snprintf(text, size, "%s", hold_reason(host->hold));
        return;
    case ENGINE_HOST_READING:
        (void)snprintf(text, size, "its URLs are being read from the store");
        return;
    case ENGINE_HOST_LATER:
        (void)snprintf(
            text, size, "the job's other hosts come first: it has its turn when some of them are done");
        return;
    case ENGINE_HOST_DELAYED:
        (void)snprintf(text, size, "one start every %s, %s: the next in %s%s", delay,
            delay_reason(host->delay_cause), left,
            host->is_outranked ? "; jobs of higher priority come first" : "");
        return;
    case ENGINE_HOST_FULL:
        (void)snprintf(text, size, "as many transfers run as it may have at once, %u%s", host->connections,
            host->is_outranked ? "; jobs of higher priority come first" : "");
        return;
    case ENGINE_HOST_BUSY:
        (void)snprintf(text, size, "all that may start is running");
        return;
    case ENGINE_HOST_ASKING:
        (void)snprintf(text, size, "its robots.txt is being fetched");
        return;
    case ENGINE_HOST_VISITING:
        of_visit(host, waits, left, text, size);
        return;
    case ENGINE_HOST_RETRYING:
        (void)snprintf(text, size, "what failed is tried again in %s", left);
        return;
    case ENGINE_HOST_SHARING:
        (void)snprintf(text, size, "another job is fetching the same URL: what comes of it is waited for");
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
        if (host->rule_from)
            (void)snprintf(
                text, size, "Deny= of [Host %.200s] (%.150s) forbids it", host->rule, host->rule_from);
        else
            (void)snprintf(text, size, "Deny= forbids it");
        return;
    }
}
