/* The live dashboard of `watch`: what is shown, and the keys. Thread: main. */
#pragma once

#include "ctl/feed.h"

enum dashboard_panel {
    PANEL_WORDS,
    PANEL_OUTCOMES,
    PANEL_WORKERS,
    PANEL_HOSTS
};
#define N_PANELS 4

enum dashboard_sort {
    SORT_NUMBER,
    SORT_PROGRESS,
    SORT_RATE,
    SORT_FAILED
};
#define N_SORTS 4

struct dashboard {
    struct feed feed;
    size_t order[FEED_MAX_JOBS]; /* of feed.jobs, as they are shown */
    int64_t selected;            /* job; 0 for none */
    size_t first;                /* line of `order` that stands at the top */
    enum dashboard_sort sort;
    size_t by;                  /* of dashboard_by[] */
    enum dashboard_panel panel; /* where there is room for one */
    bool is_asking;             /* whether to cancel the selected job */
    bool shows_help;
    char message[FEED_TEXT]; /* of the last key; "" for none */
};

extern const char *const dashboard_by[]; /* what words are ranked by */
#define N_BY 3
extern const char *const dashboard_sorts[];

/* Takes over the terminal until the user quits. `job` is a JOB or NULL. Returns an exit status; -ENOTTY if
 * the terminal is none for it, and then nothing has happened. */
int dashboard_run(struct context *context, const char *job);
/* Says that --timeout is over; returns the exit status. */
int dashboard_timed_out(const struct context *context);

/* ---- dashboard_draw.c ---- */
void dashboard_draw(struct dashboard *dashboard);
