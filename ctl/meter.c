#include "ctl/meter.h"

#include "base/clock.h"
#include "base/text.h"
#include "ctl/input.h"
#include <errno.h>
#include <stdatomic.h>
#include <sys/stat.h>

/* What is done sooner needs no bar. */
#define PATIENCE_USEC (500 * USEC_PER_MSEC)

struct meter {
    _Atomic uint64_t read;
    uint64_t total; /* 0: not known */
    uint64_t begin_usec, next_usec;
    bool drawn;
    const struct bar_style *style;
    struct buffer line;
};

/* Bytes of all files; 0 if one is no file that has a size. */
static uint64_t size_of(char *const *files, size_t n)
{
    uint64_t total = 0;

    for (size_t i = 0; i < n; i++) {
        struct stat status;

        if ((input_is_stdin(files[i]) ? fstat(STDIN_FILENO, &status) : stat(files[i], &status)) < 0)
            continue;
        if (!S_ISREG(status.st_mode) && !S_ISDIR(status.st_mode))
            return 0;
        total += S_ISREG(status.st_mode) ? (uint64_t)status.st_size : 0;
    }
    return total;
}

int meter_new(const struct context *context, char *const *files, size_t n, struct meter **ret)
{
    struct meter *meter = NULL;

    if (bar_is_wanted(context)) {
        meter = calloc(1, sizeof(*meter));
        if (!meter)
            return -ENOMEM;
        meter->total = size_of(files, n);
        meter->style = bar_style(context);
        meter->begin_usec = clock_boottime_usec();
        meter->next_usec = meter->begin_usec + PATIENCE_USEC;
    }
    *ret = meter;
    return 0;
}

void meter_free(struct meter *meter)
{
    if (!meter)
        return;
    if (meter->drawn)
        bar_erase();
    buffer_deinit(&meter->line);
    free(meter);
}

void meter_advance(struct meter *meter, size_t size)
{
    if (meter)
        atomic_fetch_add_explicit(&meter->read, size, memory_order_relaxed);
}

static int append_left(struct buffer *buffer, uint64_t read, uint64_t total, double seconds)
{
    char span[TEXT_SPAN_SIZE];
    double left = read > 0 ? (double)(total - read) * seconds / (double)read : 0;

    if (left < 1)
        return 0;
    return buffer_printf(buffer, "  %s left", text_format_span((uint64_t)left * USEC_PER_SEC, span));
}

/* What stands right of the bar. */
static int append_facts(struct buffer *buffer, uint64_t read, uint64_t total, double seconds)
{
    char size[TEXT_SIZE_SIZE];
    int r = 0;

    if (total > 0)
        r = buffer_printf(buffer, "%3d%%  ", (int)((double)read * 100 / (double)total));
    if (r == 0)
        r = buffer_append_text(buffer, text_format_size(read, size));
    if (r == 0 && total > 0)
        r = buffer_printf(buffer, " of %s", text_format_size(total, size));
    if (r == 0)
        r = buffer_printf(buffer, "  %s/s", text_format_size((uint64_t)((double)read / seconds), size));
    return r == 0 && total > 0 ? append_left(buffer, read, total, seconds) : r;
}

int meter_format(struct buffer *buffer, uint64_t read, uint64_t total, double seconds, size_t width,
    const struct bar_style *style)
{
    CLEANUP(buffer_deinit) struct buffer facts = {0};
    int r;

    /* It may have grown meanwhile. */
    if (total > 0 && read > total)
        total = read;
    r = append_facts(&facts, read, total, seconds);
    if (r == 0 && total > 0 && facts.size + 1 < width)
        r = bar_append(buffer, (double)read / (double)total, width - facts.size - 1, style);
    /* Text of one byte a column, cut where the terminal ends. */
    return r < 0 ? r : buffer_append(buffer, facts.bytes, facts.size < width ? facts.size : width);
}

void meter_show(struct meter *meter)
{
    uint64_t now = meter ? clock_boottime_usec() : 0;
    uint64_t read;

    if (!meter || now < meter->next_usec)
        return;
    meter->next_usec = now + BAR_INTERVAL_USEC;
    meter->line.size = 0;
    read = atomic_load_explicit(&meter->read, memory_order_relaxed);
    /* The last column stays free: terminals differ in what they do once it is written. */
    if (buffer_append_text(&meter->line, "\r") < 0 ||
        meter_format(&meter->line, read, meter->total, (double)(now - meter->begin_usec) / USEC_PER_SEC,
            bar_terminal_width() - 1, meter->style) < 0 ||
        buffer_append_text(&meter->line, "\033[K") < 0)
        return; /* out of memory, there is no line this time */
    bar_put(meter->line.bytes, meter->line.size);
    meter->drawn = true;
}
