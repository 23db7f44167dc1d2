#include "ctl/progress.h"

#include "base/clock.h"
#include "base/text.h"
#include "ctl/cell.h"
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define PLAIN_INTERVAL (10 * USEC_PER_SEC)

struct progress {
    bool bar, plain;
    bool drawn; /* the line stands on the terminal */
    const struct bar_style *style;
    uint64_t last_usec;
    struct buffer line;
};

int progress_new(const struct context *context, bool plain_lines, struct progress **ret)
{
    struct progress *progress = calloc(1, sizeof(*progress));

    if (!progress)
        return -ENOMEM;
    progress->bar = bar_is_wanted(context);
    progress->plain = !context->quiet && !progress->bar && plain_lines;
    progress->last_usec = progress->plain ? clock_boottime_usec() : 0;
    progress->style = bar_style(context);
    *ret = progress;
    return 0;
}

void progress_free(struct progress *progress)
{
    if (!progress)
        return;
    progress_clear(progress);
    buffer_deinit(&progress->line);
    free(progress);
}

void progress_clear(struct progress *progress)
{
    if (progress->drawn)
        bar_erase();
    progress->drawn = false;
}

void progress_restore(struct progress *progress)
{
    if (!progress->bar || progress->line.size == 0)
        return;
    bar_put(progress->line.bytes, progress->line.size);
    progress->drawn = true;
}

void progress_sum(const struct wire_job *jobs, size_t n, struct progress_sum *ret)
{
    *ret = (struct progress_sum){.job = n == 1 ? jobs[0].job : 0, .n_jobs = n};
    for (size_t i = 0; i < n; i++) {
        ret->n_paused += strcmp(jobs[i].state, "paused") == 0;
        ret->total += jobs[i].total;
        ret->counted += jobs[i].counted;
        ret->failed += jobs[i].failed;
        ret->skipped += jobs[i].skipped;
        ret->cancelled += jobs[i].cancelled;
        if (!jobs[i].remaining.set)
            continue;
        ret->remaining = jobs[i].remaining.value > ret->remaining ? jobs[i].remaining.value : ret->remaining;
    }
    ret->ended = ret->counted + ret->failed + ret->skipped + ret->cancelled;
}

static int append_count(struct buffer *buffer, int64_t n, const char *what)
{
    int r;

    if (n == 0)
        return 0;
    r = buffer_append_text(buffer, "  ");
    if (r == 0)
        r = cell_format_number(buffer, n);
    return r < 0 ? r : buffer_printf(buffer, " %s", what);
}

static int append_rates(struct buffer *buffer, double urls_per_second, double bytes_per_second)
{
    char size[TEXT_SIZE_SIZE];

    if (!(urls_per_second > 0))
        return 0;
    return buffer_printf(buffer, "  %.*f/s  %s/s", urls_per_second < 100 ? 1 : 0, urls_per_second,
        text_format_size((uint64_t)bytes_per_second, size));
}

static int append_left(struct buffer *buffer, const struct progress_sum *sum, double urls_per_second)
{
    double seconds = sum->remaining;
    char span[TEXT_SPAN_SIZE];

    if (sum->n_paused == sum->n_jobs)
        return buffer_append_text(buffer, "  paused");
    if (seconds <= 0 && urls_per_second > 0)
        seconds = (double)(sum->total - sum->ended) / urls_per_second;
    if (sum->ended >= sum->total || !(seconds >= 1) || seconds > 1e10)
        return 0;
    return buffer_printf(buffer, "  %s left", text_format_span((uint64_t)seconds * USEC_PER_SEC, span));
}

/* What stands right of the bar. */
static int append_facts(
    struct buffer *buffer, const struct progress_sum *sum, double urls_per_second, double bytes_per_second)
{
    int r = buffer_printf(
        buffer, "%3d%%  ", sum->total > 0 ? (int)((double)sum->ended * 100 / (double)sum->total) : 100);

    if (r == 0)
        r = cell_format_number(buffer, sum->ended);
    if (r == 0)
        r = buffer_append_text(buffer, "/");
    if (r == 0)
        r = cell_format_number(buffer, sum->total);
    if (r == 0)
        r = append_rates(buffer, urls_per_second, bytes_per_second);
    if (r == 0)
        r = append_count(buffer, sum->failed, "failed");
    if (r == 0)
        r = append_count(buffer, sum->skipped, "skipped");
    return r < 0 ? r : append_left(buffer, sum, urls_per_second);
}

int progress_format(struct buffer *buffer, const struct progress_sum *sum, double urls_per_second,
    double bytes_per_second, size_t width, const struct bar_style *style)
{
    CLEANUP(buffer_deinit) struct buffer facts = {0};
    char who[64];
    size_t used;
    int r = append_facts(&facts, sum, urls_per_second, bytes_per_second);

    if (sum->n_jobs == 1)
        snprintf(who, sizeof(who), "job %" PRId64 "  ", sum->job);
    else
        snprintf(who, sizeof(who), "%zu jobs  ", sum->n_jobs);
    if (r == 0)
        r = buffer_append_text(buffer, who);
    used = strlen(who) + facts.size + 1;
    if (r == 0 && style && used < width)
        r = bar_append(
            buffer, sum->total > 0 ? (double)sum->ended / (double)sum->total : 1, width - used, style);
    if (r < 0)
        return r;
    /* Text of one byte a column, cut where the terminal ends. */
    if (strlen(who) + facts.size > width)
        facts.size = width > strlen(who) ? width - strlen(who) : 0;
    return buffer_append(buffer, facts.bytes, facts.size);
}

static int draw(struct progress *progress, const struct progress_sum *sum, const struct wire_watch_out *watch)
{
    int r;

    progress->line.size = 0;
    r = progress->bar ? buffer_append_text(&progress->line, "\r") : 0;
    /* The last column stays free: terminals differ in what they do once it is written. */
    if (r == 0)
        r = progress_format(&progress->line, sum, watch->urls_per_second, watch->bytes_per_second,
            progress->bar ? bar_terminal_width() - 1 : SIZE_MAX, progress->bar ? progress->style : NULL);
    if (r == 0)
        r = buffer_append_text(&progress->line, progress->bar ? "\033[K" : "\n");
    return r;
}

void progress_show(struct progress *progress, const struct wire_watch_out *watch)
{
    uint64_t now = clock_boottime_usec();
    struct progress_sum sum;

    if ((!progress->bar && !progress->plain) || watch->n_jobs == 0)
        return;
    if (now - progress->last_usec < (progress->bar ? BAR_INTERVAL_USEC : PLAIN_INTERVAL))
        return;
    progress_sum(watch->jobs, watch->n_jobs, &sum);
    /* Out of memory, there is no line this time. */
    if (draw(progress, &sum, watch) < 0)
        return;
    bar_put(progress->line.bytes, progress->line.size);
    progress->drawn = progress->bar;
    progress->last_usec = now;
}
