/* What the files that draw the dashboard share: the first and the last line (dashboard_draw.c), the list of
 * jobs, and the panels below it. Thread: main. */
#pragma once

#include "ctl/dashboard.h"
#include "ctl/screen.h"
#include <stdint.h>

/* A part of the screen, in cells; 0, 0 is at the top left. */
struct dashboard_area {
    int x, y, columns, lines;
};

#define DASHBOARD_NUMBER_SIZE 32
/* As people read it, in `text`, which it returns; "" if memory is short. */
const char *dashboard_number(int64_t value, char text[static DASHBOARD_NUMBER_SIZE]);
/* Of a job or of an outcome. */
enum screen_style dashboard_state_style(const char *state);

/* ---- dashboard_jobs.c ---- */
/* A line of headings, and jobs. Keeps the selected line in sight. */
void dashboard_draw_jobs(struct dashboard *dashboard, struct dashboard_area area);

/* ---- dashboard_panels.c ---- */
/* The one that is chosen, where there is room for one. */
void dashboard_draw_panel(const struct dashboard *dashboard, struct dashboard_area area);
/* Words at the left; outcomes, workers and hosts at the right, one below the other. */
void dashboard_draw_panels(const struct dashboard *dashboard, struct dashboard_area area);
