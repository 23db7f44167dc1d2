#include "ctl/dashboard_draw.h"
#include "ctl/top.h"

#include <inttypes.h>
#include <string.h>

static void draw_words(const struct dashboard *dashboard, struct dashboard_area area)
{
    const struct wire_top_out *top =
        dashboard->feed.details_of == dashboard->selected ? dashboard->feed.top.out : NULL;
    const struct wire_word *first = top && top->n_words > 0 ? top->words : NULL;
    char text[DASHBOARD_NUMBER_SIZE], tokens[DASHBOARD_NUMBER_SIZE], distinct[DASHBOARD_NUMBER_SIZE];
    int word_columns = area.columns / 2 > 16 ? area.columns / 2 : 16;

    if (dashboard->selected == 0)
        (void)screen_printf(
            area.x, area.y, area.columns, SCREEN_TITLE, "WORDS by %s", dashboard_by[dashboard->by]);
    else
        (void)screen_printf(area.x, area.y, area.columns, SCREEN_TITLE, "WORDS of job %" PRId64 " by %s",
            dashboard->selected, dashboard_by[dashboard->by]);
    if (!first)
        return;
    (void)screen_printf(area.x, area.y + 1, area.columns, SCREEN_SOFT, "%s words, %s distinct",
        dashboard_number(top->tokens, tokens), dashboard_number(top->distinct, distinct));
    /* A line less for the words. */
    if (top_mixes_engines(top)) {
        (void)screen_text(area.x, area.y + 2, area.columns, SCREEN_WAITS, false,
            top->n_engines > 1 ? "by several word engines, which may differ"
                               : "not by this daemon's word engine");
        area.y++;
        area.lines--;
    }
    for (int i = 0; i + 2 < area.lines && (size_t)i < top->n_words; i++) {
        const struct wire_word *word = &top->words[i];
        const int64_t values[] = {word->tokens, word->pages, word->hosts};
        const int64_t most[] = {first->tokens, first->pages, first->hosts};
        double share =
            most[dashboard->by] > 0 ? (double)values[dashboard->by] / (double)most[dashboard->by] : 0;
        int bar = area.columns - word_columns - 14;

        (void)screen_text(area.x, area.y + 2 + i, word_columns - 1, SCREEN_PLAIN, false, word->word);
        screen_right(area.x + word_columns, area.y + 2 + i, 12, SCREEN_PLAIN,
            dashboard_number(values[dashboard->by], text));
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

static void draw_outcomes(const struct dashboard *dashboard, struct dashboard_area area)
{
    const struct wire_jobs_out *show = dashboard->feed.show.out;
    char text[DASHBOARD_NUMBER_SIZE];

    if (dashboard->selected == 0)
        (void)screen_text(area.x, area.y, area.columns, SCREEN_TITLE, false, "OUTCOMES");
    else
        (void)screen_printf(
            area.x, area.y, area.columns, SCREEN_TITLE, "OUTCOMES of job %" PRId64, dashboard->selected);
    for (int i = 0; i < n_outcomes(dashboard) && i + 1 < area.lines; i++) {
        const struct wire_outcome_count *outcome = &show->jobs[0].outcomes[i];

        (void)screen_text(
            area.x, area.y + 1 + i, 20, dashboard_state_style(outcome->state), false, outcome->outcome);
        screen_right(area.x + 20, area.y + 1 + i, 11, SCREEN_PLAIN, dashboard_number(outcome->urls, text));
        if (outcome->example_detail && strcmp(outcome->state, "counted") != 0)
            (void)screen_text(
                area.x + 33, area.y + 1 + i, area.columns - 33, SCREEN_SOFT, false, outcome->example_detail);
    }
}

/* What it does: the transfer that takes longest. */
static void draw_worker(const struct wire_worker *worker, struct dashboard_area area)
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

static void draw_workers(const struct dashboard *dashboard, struct dashboard_area area)
{
    const struct wire_workers_out *workers = dashboard->feed.workers.out;

    (void)screen_text(
        area.x, area.y, area.columns, SCREEN_TITLE, false, "WORKERS and their longest transfer");
    for (int i = 0; workers && (size_t)i < workers->n_workers && i + 1 < area.lines; i++)
        draw_worker(&workers->workers[i], (struct dashboard_area){area.x, area.y + 1 + i, area.columns, 1});
}

static bool waits(const struct wire_host *host)
{
    return host->queued > 0 && strcmp(host->state, "ready") != 0 && strcmp(host->state, "idle") != 0;
}

static void draw_hosts(const struct dashboard *dashboard, struct dashboard_area area)
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

void dashboard_draw_panel(const struct dashboard *dashboard, struct dashboard_area area)
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

void dashboard_draw_panels(const struct dashboard *dashboard, struct dashboard_area area)
{
    const struct wire_workers_out *workers = dashboard->feed.workers.out;
    int left = area.columns * 2 / 5, third = area.lines / 3;
    int outcomes = n_outcomes(dashboard) + 2, n_workers = workers ? (int)workers->n_workers + 2 : 2;
    struct dashboard_area right = {left + 1, area.y, area.columns - left - 2, area.lines};

    draw_words(dashboard, (struct dashboard_area){area.x + 1, area.y, left - 3, area.lines});
    right.lines = outcomes < third ? outcomes : third;
    draw_outcomes(dashboard, right);
    right.y += right.lines;
    right.lines = n_workers < third ? n_workers : third;
    draw_workers(dashboard, right);
    right.y += right.lines;
    right.lines = area.y + area.lines - right.y;
    draw_hosts(dashboard, right);
}
