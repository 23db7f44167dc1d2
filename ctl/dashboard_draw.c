#include "ctl/dashboard.h"

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
#define NUMBER_SIZE 32

struct area {
    int x, y, columns, lines;
};

static const char *number(int64_t value, char text[static NUMBER_SIZE])
{
    struct buffer digits = {0};

    text[0] = '\0';
    if (cell_format_number(&digits, value) == 0)
        snprintf(text, NUMBER_SIZE, "%.*s", (int)digits.size, (const char *)digits.bytes);
    buffer_deinit(&digits);
    return text;
}

static enum screen_style state_style(const char *state)
{
    if (strcmp(state, "done") == 0 || strcmp(state, "counted") == 0)
        return SCREEN_GOOD;
    if (strcmp(state, "cancelled") == 0 || strcmp(state, "failed") == 0)
        return SCREEN_BAD;
    return strcmp(state, "paused") == 0 || strcmp(state, "skipped") == 0 ? SCREEN_WAITS : SCREEN_PLAIN;
}

/* ---- the first and the last line ---- */

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
    char text[512], waiting[NUMBER_SIZE], size[TEXT_SIZE_SIZE], clock[16] = "";
    time_t now = time(NULL);
    struct tm tm;

    if (status)
        snprintf(text, sizeof(text),
            " urlstat %s   %" PRId64 " running, %" PRId64 " paused   %s URLs wait   %" PRId64
            " in flight   %.1f pages/s   %s/s ",
            status->version, status->jobs.queued + status->jobs.running, status->jobs.paused,
            number(status->queued, waiting), status->active, status->urls_per_second,
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

/* ---- jobs ---- */

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
    char ended[NUMBER_SIZE], total[NUMBER_SIZE], span[TEXT_SPAN_SIZE], text[128];
    double share = job->total > 0 ? (double)job->ended / (double)job->total : 1;

    if (fields.bar)
        screen_bar(fields.bar, y, fields.bar_columns, style, share);
    snprintf(text, sizeof(text), "%s/%s %3d%%", number(job->ended, ended), number(job->total, total),
        (int)(share * 100));
    screen_right(fields.urls, y, URLS_COLUMNS, style, text);
    if (fields.failed && job->failed > 0)
        screen_right(fields.failed, y, FAILED_COLUMNS, style == SCREEN_PLAIN ? SCREEN_BAD : style,
            number(job->failed, ended));
    snprintf(text, sizeof(text), "%.1f/s", job->rate);
    if (fields.rate && strcmp(job->state, "running") == 0 && job->rate >= 0.05)
        screen_right(fields.rate, y, RATE_COLUMNS, style, text);
    if (fields.left && job->is_active && job->remaining >= 1)
        screen_right(fields.left, y, LEFT_COLUMNS, style,
            text_format_span((uint64_t)job->remaining * UINT64_C(1000000), span));
}

static void draw_job(const struct dashboard *dashboard, const struct feed_job *job, struct area area)
{
    bool is_selected = job->job == dashboard->selected;
    enum screen_style style = is_selected ? SCREEN_SELECTED : SCREEN_PLAIN;
    char text[24];

    (void)screen_text(area.x, area.y, area.columns, style, is_selected, "");
    snprintf(text, sizeof(text), "%" PRId64, job->job);
    screen_right(area.x, area.y, 6, style, text);
    (void)screen_text(area.x + 7, area.y, 14, style, false, job->name);
    (void)screen_text(
        area.x + 22, area.y, 9, is_selected ? style : state_style(job->state), false, job->state);
    draw_numbers(job, place_fields(area.columns), area.y, style);
}

static void draw_headings(struct area area)
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
static void draw_more(const struct dashboard *dashboard, size_t below, struct area area)
{
    size_t more = below + dashboard->feed.n_more;

    if (more > 0)
        (void)screen_printf(area.x + 7, area.y, area.columns - 7, SCREEN_SOFT, "and %zu more", more);
}

/* Keeps the selected line in sight. */
static void draw_jobs(struct dashboard *dashboard, struct area area)
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
            (struct area){area.x, area.y + 1 + (int)i, area.columns, 1});
    if (is_cut)
        draw_more(dashboard, n - dashboard->first > room ? n - dashboard->first - room : 0,
            (struct area){area.x, area.y + area.lines - 1, area.columns, 1});
}

/* ---- panels ---- */

static void draw_words(const struct dashboard *dashboard, struct area area)
{
    const struct wire_top_out *top =
        dashboard->feed.details_of == dashboard->selected ? dashboard->feed.top.out : NULL;
    const struct wire_word *first = top && top->n_words > 0 ? top->words : NULL;
    char text[NUMBER_SIZE], tokens[NUMBER_SIZE], distinct[NUMBER_SIZE];
    int word_columns = area.columns / 2 > 16 ? area.columns / 2 : 16;

    (void)screen_printf(area.x, area.y, area.columns, SCREEN_TITLE, "WORDS of job %" PRId64 " by %s",
        dashboard->selected, dashboard_by[dashboard->by]);
    if (!first)
        return;
    (void)screen_printf(area.x, area.y + 1, area.columns, SCREEN_SOFT, "%s words, %s distinct",
        number(top->tokens, tokens), number(top->distinct, distinct));
    for (int i = 0; i + 2 < area.lines && (size_t)i < top->n_words; i++) {
        const struct wire_word *word = &top->words[i];
        const int64_t values[] = {word->tokens, word->pages, word->hosts};
        const int64_t most[] = {first->tokens, first->pages, first->hosts};
        double share =
            most[dashboard->by] > 0 ? (double)values[dashboard->by] / (double)most[dashboard->by] : 0;
        int bar = area.columns - word_columns - 14;

        (void)screen_text(area.x, area.y + 2 + i, word_columns - 1, SCREEN_PLAIN, false, word->word);
        screen_right(
            area.x + word_columns, area.y + 2 + i, 12, SCREEN_PLAIN, number(values[dashboard->by], text));
        if (bar >= 4)
            screen_bar(area.x + word_columns + 13, area.y + 2 + i, bar, SCREEN_SOFT, share);
    }
}

static int n_outcomes(const struct dashboard *dashboard)
{
    const struct wire_jobs_out *show = dashboard->feed.show.out;

    return show && show->n_jobs > 0 && dashboard->feed.details_of == dashboard->selected
        ? (int)show->jobs[0].n_outcomes
        : 0;
}

static void draw_outcomes(const struct dashboard *dashboard, struct area area)
{
    const struct wire_jobs_out *show = dashboard->feed.show.out;
    char text[NUMBER_SIZE];

    (void)screen_printf(
        area.x, area.y, area.columns, SCREEN_TITLE, "OUTCOMES of job %" PRId64, dashboard->selected);
    for (int i = 0; i < n_outcomes(dashboard) && i + 1 < area.lines; i++) {
        const struct wire_outcome_count *outcome = &show->jobs[0].outcomes[i];

        (void)screen_text(area.x, area.y + 1 + i, 20, state_style(outcome->state), false, outcome->outcome);
        screen_right(area.x + 20, area.y + 1 + i, 11, SCREEN_PLAIN, number(outcome->urls, text));
        if (outcome->example_detail && strcmp(outcome->state, "counted") != 0)
            (void)screen_text(
                area.x + 33, area.y + 1 + i, area.columns - 33, SCREEN_SOFT, false, outcome->example_detail);
    }
}

/* What it does: the transfer that takes longest. */
static void draw_worker(const struct wire_worker *worker, struct area area)
{
    const struct wire_transfer *longest = NULL;

    for (size_t i = 0; i < worker->n_transfers; i++)
        if (!longest || worker->transfers[i].seconds > longest->seconds)
            longest = &worker->transfers[i];
    (void)screen_printf(area.x, area.y, 24, SCREEN_PLAIN, "%2" PRId64 " %5" PRId64 " in flight",
        worker->worker, worker->active);
    if (longest)
        (void)screen_printf(area.x + 20, area.y, area.columns - 20, SCREEN_SOFT, "%5.1f s %s",
            longest->seconds, longest->url);
    else if (worker->active == 0)
        (void)screen_text(area.x + 20, area.y, area.columns - 20, SCREEN_SOFT, false, "  idle");
}

static void draw_workers(const struct dashboard *dashboard, struct area area)
{
    const struct wire_workers_out *workers = dashboard->feed.workers.out;

    (void)screen_text(
        area.x, area.y, area.columns, SCREEN_TITLE, false, "WORKERS and their longest transfer");
    for (int i = 0; workers && (size_t)i < workers->n_workers && i + 1 < area.lines; i++)
        draw_worker(&workers->workers[i], (struct area){area.x, area.y + 1 + i, area.columns, 1});
}

static bool waits(const struct wire_host *host)
{
    return host->queued > 0 && strcmp(host->state, "ready") != 0 && strcmp(host->state, "idle") != 0;
}

static void draw_hosts(const struct dashboard *dashboard, struct area area)
{
    const struct wire_hosts_out *hosts = dashboard->feed.hosts.out;
    int line = 1, name = area.columns / 3 > 18 ? area.columns / 3 : 18;

    (void)screen_text(area.x, area.y, area.columns, SCREEN_TITLE, false, "HOSTS that wait, and why");
    for (size_t i = 0; hosts && i < hosts->n_hosts && line < area.lines; i++) {
        const struct wire_host *host = &hosts->hosts[i];

        if (!waits(host))
            continue;
        (void)screen_text(area.x, area.y + line, name - 1, SCREEN_WAITS, false, host->host);
        (void)screen_text(
            area.x + name, area.y + line, area.columns - name, SCREEN_PLAIN, false, host->reason);
        line++;
    }
    if (line == 1)
        (void)screen_text(area.x, area.y + 1, area.columns, SCREEN_SOFT, false, "none");
}

static void draw_one(const struct dashboard *dashboard, struct area area)
{
    switch (dashboard->panel) {
    case PANEL_WORDS:
        draw_words(dashboard, area);
        break;
    case PANEL_OUTCOMES:
        draw_outcomes(dashboard, area);
        break;
    case PANEL_WORKERS:
        draw_workers(dashboard, area);
        break;
    case PANEL_HOSTS:
        draw_hosts(dashboard, area);
        break;
    }
}

/* Words at the left; outcomes, workers and hosts at the right, one below the other. */
static void draw_all(const struct dashboard *dashboard, struct area area)
{
    const struct wire_workers_out *workers = dashboard->feed.workers.out;
    int left = area.columns * 2 / 5, third = area.lines / 3;
    int outcomes = n_outcomes(dashboard) + 2, n_workers = workers ? (int)workers->n_workers + 2 : 2;
    struct area right = {left + 1, area.y, area.columns - left - 2, area.lines};

    draw_words(dashboard, (struct area){area.x + 1, area.y, left - 3, area.lines});
    right.lines = outcomes < third ? outcomes : third;
    draw_outcomes(dashboard, right);
    right.y += right.lines;
    right.lines = n_workers < third ? n_workers : third;
    draw_workers(dashboard, right);
    right.y += right.lines;
    right.lines = area.y + area.lines - right.y;
    draw_hosts(dashboard, right);
}

static void draw_help(struct area area)
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
    struct area below;

    screen_clear();
    screen_size(&columns, &lines);
    draw_head(dashboard, columns);
    jobs = lines / 3 < 3 ? 3 : lines / 3;
    jobs = n + 1 < jobs ? (n > 0 ? n + 1 : 2) : jobs;
    draw_jobs(dashboard, (struct area){0, 1, columns, jobs});
    screen_rule(0, 1 + jobs, columns);
    below = (struct area){0, 2 + jobs, columns, lines - jobs - 3};
    if (dashboard->shows_help)
        draw_help(below);
    else if (columns >= MIN_COLUMNS && lines >= MIN_LINES)
        draw_all(dashboard, below);
    else if (below.lines > 0)
        draw_one(dashboard, (struct area){1, below.y, columns - 2, below.lines});
    draw_foot(dashboard, columns, lines);
    screen_show();
}
