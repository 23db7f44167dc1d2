#include "ctl/dashboard_draw.h"

#include "base/text.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Where the fields behind the state begin, as far as there is room; 0: not shown. */
struct fields {
    int bar, bar_columns, urls, failed, rate, left;
};
#define STATE_END 31
#define URLS_COLUMNS 22
#define FAILED_COLUMNS 8
#define RATE_COLUMNS 9
#define LEFT_COLUMNS 12

static struct fields place_fields(int columns)
{
    struct fields fields = {0};
    int end = columns - 1;

    if (end - LEFT_COLUMNS - URLS_COLUMNS > STATE_END)
        fields.left = end -= LEFT_COLUMNS;
    if (end - RATE_COLUMNS - URLS_COLUMNS > STATE_END)
        fields.rate = end -= RATE_COLUMNS;
    if (end - FAILED_COLUMNS - URLS_COLUMNS > STATE_END)
        fields.failed = end -= FAILED_COLUMNS;
    fields.urls = end -= URLS_COLUMNS;
    if (end - STATE_END > 6) {
        fields.bar = STATE_END + 1;
        fields.bar_columns = end - STATE_END - 2;
    }
    return fields;
}

static void draw_numbers(const struct feed_job *job, struct fields fields, int y, enum screen_style style)
{
    char ended[DASHBOARD_NUMBER_SIZE], total[DASHBOARD_NUMBER_SIZE], span[TEXT_SPAN_SIZE], text[128];
    double share = job->total > 0 ? (double)job->ended / (double)job->total : 1;

    if (fields.bar)
        screen_bar(fields.bar, y, fields.bar_columns, style, share);
    snprintf(text, sizeof(text), "%s/%s %3d%%", dashboard_number(job->ended, ended),
        dashboard_number(job->total, total), (int)(share * 100));
    screen_right(fields.urls, y, URLS_COLUMNS, style, text);
    if (fields.failed && job->failed > 0)
        screen_right(fields.failed, y, FAILED_COLUMNS, style == SCREEN_PLAIN ? SCREEN_BAD : style,
            dashboard_number(job->failed, ended));
    snprintf(text, sizeof(text), "%.1f/s", job->rate);
    if (fields.rate && strcmp(job->state, "running") == 0 && job->rate >= 0.05)
        screen_right(fields.rate, y, RATE_COLUMNS, style, text);
    if (fields.left && job->is_active && job->remaining >= 1)
        screen_right(fields.left, y, LEFT_COLUMNS, style,
            text_format_span((uint64_t)job->remaining * UINT64_C(1000000), span));
}

static void draw_job(
    const struct dashboard *dashboard, const struct feed_job *job, struct dashboard_area area)
{
    bool is_selected = job->job == dashboard->selected;
    enum screen_style style = is_selected ? SCREEN_SELECTED : SCREEN_PLAIN;
    char text[24];

    (void)screen_text(area.x, area.y, area.columns, style, is_selected, "");
    snprintf(text, sizeof(text), "%" PRId64, job->job);
    screen_right(area.x, area.y, 6, style, text);
    (void)screen_text(area.x + 7, area.y, 14, style, false, job->name);
    (void)screen_text(
        area.x + 22, area.y, 9, is_selected ? style : dashboard_state_style(job->state), false, job->state);
    draw_numbers(job, place_fields(area.columns), area.y, style);
}

static void draw_headings(struct dashboard_area area)
{
    struct fields fields = place_fields(area.columns);

    (void)screen_text(area.x, area.y, STATE_END, SCREEN_TITLE, false, "   JOB NAME           STATE");
    screen_right(fields.urls, area.y, URLS_COLUMNS, SCREEN_TITLE, "URLS");
    if (fields.failed)
        screen_right(fields.failed, area.y, FAILED_COLUMNS, SCREEN_TITLE, "FAILED");
    if (fields.rate)
        screen_right(fields.rate, area.y, RATE_COLUMNS, SCREEN_TITLE, "RATE");
    if (fields.left)
        screen_right(fields.left, area.y, LEFT_COLUMNS, SCREEN_TITLE, "LEFT");
}

/* Of jobs that are not on the screen: `below` in the list, and those that are followed no more. */
static void draw_more(const struct dashboard *dashboard, size_t below, struct dashboard_area area)
{
    size_t more = below + dashboard->feed.n_more;

    if (more > 0)
        (void)screen_printf(area.x + 7, area.y, area.columns - 7, SCREEN_SOFT, "and %zu more", more);
}

void dashboard_draw_jobs(struct dashboard *dashboard, struct dashboard_area area)
{
    size_t n = dashboard->feed.n_jobs, room = (size_t)(area.lines - 1), selected = 0;
    bool is_cut = n > room || dashboard->feed.n_more > 0;

    if (is_cut && room > 1)
        room--;
    draw_headings(area);
    if (n == 0 && dashboard->feed.knows_jobs)
        (void)screen_text(area.x + 1, area.y + 1, area.columns, SCREEN_SOFT, false,
            "No jobs yet: urlstatctl submit urls.txt");
    for (size_t i = 0; i < n; i++)
        if (dashboard->feed.jobs[dashboard->order[i]].job == dashboard->selected)
            selected = i;
    if (selected < dashboard->first)
        dashboard->first = selected;
    if (selected >= dashboard->first + room)
        dashboard->first = selected - room + 1;
    for (size_t i = 0; i < room && dashboard->first + i < n; i++)
        draw_job(dashboard, &dashboard->feed.jobs[dashboard->order[dashboard->first + i]],
            (struct dashboard_area){area.x, area.y + 1 + (int)i, area.columns, 1});
    if (is_cut)
        draw_more(dashboard, n - dashboard->first > room ? n - dashboard->first - room : 0,
            (struct dashboard_area){area.x, area.y + area.lines - 1, area.columns, 1});
}
