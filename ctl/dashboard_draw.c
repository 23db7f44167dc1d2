#include "ctl/dashboard_draw.h"

#include "base/text.h"
#include "ctl/cell.h"
#include "ctl/screen.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

/* Below it there is room for one panel at a time. */
#define MIN_COLUMNS 90
#define MIN_LINES 20

const char *dashboard_number(int64_t value, char text[static DASHBOARD_NUMBER_SIZE])
{
    struct buffer digits = {0};

    text[0] = '\0';
    if (cell_format_number(&digits, value) == 0)
        snprintf(text, DASHBOARD_NUMBER_SIZE, "%.*s", (int)digits.size, (const char *)digits.bytes);
    buffer_deinit(&digits);
    return text;
}

enum screen_style dashboard_state_style(const char *state)
{
    if (strcmp(state, "done") == 0 || strcmp(state, "counted") == 0)
        return SCREEN_GOOD;
    if (strcmp(state, "cancelled") == 0 || strcmp(state, "failed") == 0)
        return SCREEN_BAD;
    return strcmp(state, "paused") == 0 || strcmp(state, "skipped") == 0 ? SCREEN_WAITS : SCREEN_PLAIN;
}

/* Ends the text, of fields with three spaces between, where the first field begins that does not fit whole.
 */
static void cut_fields(char *text, size_t columns)
{
    char *gap = strstr(text, "   ");

    while (gap) {
        char *next = strstr(gap + 3, "   ");

        if ((next ? (size_t)(next - text) : strlen(text)) > columns) {
            *gap = '\0';
            return;
        }
        gap = next;
    }
}

static void draw_head(const struct dashboard *dashboard, int columns)
{
    const struct wire_status_out *status = dashboard->feed.status.out;
    char text[512], waiting[DASHBOARD_NUMBER_SIZE], size[TEXT_SIZE_SIZE], clock[16] = "";
    time_t now = time(NULL);
    struct tm tm;

    if (status)
        snprintf(text, sizeof(text),
            " urlstat %s   %" PRId64 " running, %" PRId64 " paused   %s URLs wait   %" PRId64
            " in flight   %.1f pages/s   %s/s ",
            status->version, status->jobs.queued + status->jobs.running, status->jobs.paused,
            dashboard_number(status->queued, waiting), status->active, status->urls_per_second,
            text_format_size((uint64_t)status->bytes_per_second, size));
    else
        snprintf(text, sizeof(text), " urlstat ");
    cut_fields(text, columns > 10 ? (size_t)columns - 10 : 0);
    (void)screen_text(0, 0, columns, SCREEN_HEAD, true, "");
    (void)screen_text(0, 0, columns - 10, SCREEN_HEAD, false, text);
    if (localtime_r(&now, &tm) && strftime(clock, sizeof(clock), "%H:%M:%S ", &tm) > 0)
        screen_right(columns - 10, 0, 10, SCREEN_HEAD, clock);
}

static void draw_foot(const struct dashboard *dashboard, int columns, int lines)
{
    char text[FEED_TEXT + 64];
    enum screen_style style = SCREEN_SOFT;

    snprintf(text, sizeof(text),
        " q quit  p pause  r resume  c cancel  s sort: %s  b words by: %s  Tab panel  ? help",
        dashboard_sorts[dashboard->sort], dashboard_by[dashboard->by]);
    if (dashboard->is_asking) {
        style = SCREEN_SELECTED;
        snprintf(text, sizeof(text), " Cancel job %" PRId64 "? What was counted stays. y or n ",
            dashboard->selected);
    } else if (dashboard->message[0] || dashboard->feed.problem[0]) {
        style = SCREEN_BAD;
        snprintf(
            text, sizeof(text), " %s", dashboard->message[0] ? dashboard->message : dashboard->feed.problem);
    }
    (void)screen_text(0, lines - 1, columns, style, style != SCREEN_SOFT, text);
}

static void draw_help(struct dashboard_area area)
{
    static const char *const lines[] = {"Up, Down, k, j   select a job",
        "p   pause it: running transfers end", "r   resume it", "c   cancel it, after a question",
        "s   sort jobs: number, progress, rate, failures", "b   rank words by tokens, pages or hosts",
        "Tab the next panel, where there is room for one only", "q   quit; jobs go on", "",
        "Any key goes back."};

    (void)screen_text(area.x + 2, area.y, area.columns, SCREEN_TITLE, false, "KEYS");
    for (int i = 0; i < (int)(sizeof(lines) / sizeof(lines[0])) && i + 1 < area.lines; i++)
        (void)screen_text(area.x + 2, area.y + 1 + i, area.columns - 2, SCREEN_PLAIN, false, lines[i]);
}

void dashboard_draw(struct dashboard *dashboard)
{
    int columns, lines, n = (int)dashboard->feed.n_jobs, jobs;
    struct dashboard_area below;

    screen_clear();
    screen_size(&columns, &lines);
    draw_head(dashboard, columns);
    jobs = lines / 3 < 3 ? 3 : lines / 3;
    jobs = n + 1 < jobs ? (n > 0 ? n + 1 : 2) : jobs;
    dashboard_draw_jobs(dashboard, (struct dashboard_area){0, 1, columns, jobs});
    screen_rule(0, 1 + jobs, columns);
    below = (struct dashboard_area){0, 2 + jobs, columns, lines - jobs - 3};
    if (dashboard->shows_help)
        draw_help(below);
    else if (columns >= MIN_COLUMNS && lines >= MIN_LINES)
        dashboard_draw_panels(dashboard, below);
    else if (below.lines > 0)
        dashboard_draw_panel(dashboard, (struct dashboard_area){1, below.y, columns - 2, below.lines});
    draw_foot(dashboard, columns, lines);
    screen_show();
}
