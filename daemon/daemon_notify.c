#include "daemon/daemon_notify.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* Below it, a rate is none. */
#define LEAST_RATE 0.05

struct line {
    char *text;
    size_t size;
    size_t length;
};

static void add(struct line *line, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void add(struct line *line, const char *format, ...)
{
    va_list arguments;
    int n;

    va_start(arguments, format);
    n = vsnprintf(line->text + line->length, line->size - line->length, format, arguments);
    va_end(arguments);
    if (n > 0)
        line->length += (size_t)n < line->size - line->length ? (size_t)n : line->size - line->length - 1;
}

static const char *plural(uint64_t n)
{
    return n == 1 ? "" : "s";
}

static void add_jobs(struct line *line, const struct engine_status *status)
{
    uint64_t running = status->jobs_running;

    add(line, "%llu job%s running", (unsigned long long)running, plural(running));
    if (status->jobs_queued > 0)
        add(line, ", %llu queued", (unsigned long long)status->jobs_queued);
    if (status->jobs_paused > 0)
        add(line, ", %llu paused", (unsigned long long)status->jobs_paused);
}

static void add_urls(struct line *line, const struct engine_status *status)
{
    uint64_t waiting = status->queued > status->active ? status->queued - status->active : 0;

    add(line, "; %llu URL%s queued, %llu active", (unsigned long long)waiting, plural(waiting),
        (unsigned long long)status->active);
    if (status->urls_per_sec >= LEAST_RATE)
        add(line, ", %.*f URLs/s", status->urls_per_sec < 10 ? 1 : 0, status->urls_per_sec);
}

static const char *store_reason(int r)
{
    if (r == -EOVERFLOW)
        return "it has reached MaxSize=";
    return r == -ENOSPC || r == -EDQUOT ? "no room on its disk" : strerror(-r);
}

static void add_running(struct line *line, const struct engine_status *status)
{
    if (status->has_damaged)
        add(line, "Jobs of before are damaged and set aside; ");
    if (status->is_stuck_damaged)
        add(line, "The file of the jobs is damaged; ");
    if (status->is_older)
        add(line, "Jobs of an earlier version wait to be migrated; ");
    if (status->store_error < 0)
        add(line, "Fetching has paused, the store cannot write: %s; ", store_reason(status->store_error));
    if (status->jobs_running + status->jobs_queued + status->jobs_paused == 0) {
        add(line, "Idle, %llu URL%s counted since start", (unsigned long long)status->counted,
            plural(status->counted));
        return;
    }
    add_jobs(line, status);
    add_urls(line, status);
}

const char *notify_format_status(
    enum notify_phase phase, const struct engine_status *status, char buffer[static NOTIFY_MAX_STATUS])
{
    struct line line = {.text = buffer, .size = NOTIFY_MAX_STATUS};

    buffer[0] = '\0';
    switch (phase) {
    case NOTIFY_STARTING:
        add(&line, "Reading the jobs of earlier runs");
        break;
    case NOTIFY_RUNNING:
        add_running(&line, status);
        break;
    case NOTIFY_DRAINING:
        add(&line, "Stopping: %llu transfer%s", (unsigned long long)status->active,
            status->active == 1 ? " ends" : "s end");
        break;
    }
    return buffer;
}
