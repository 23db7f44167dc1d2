/* A bar on the terminal at stderr, as long as the share that is done. Thread: main. */
#pragma once

#include "base/array.h"
#include "ctl/verb.h"

/* It is drawn over not more often. */
#define BAR_INTERVAL_USEC 100000

struct bar_style {
    const char *done, *left;   /* one column each */
    const char *color, *reset; /* "" for none */
};

/* Whether stderr is a terminal on which lines can be drawn over, and they are wanted. */
bool bar_is_wanted(const struct context *context);

/* What fits this terminal. */
const struct bar_style *bar_style(const struct context *context);
size_t bar_terminal_width(void);

/* Appends the bar and a space: at most as many columns as a bar has, and nothing where less than its least
 * number is there. `share` is from 0 to 1. Returns 0 or -ENOMEM. */
int bar_append(struct buffer *buffer, double share, size_t columns, const struct bar_style *style);

/* Brings bytes to the terminal, after what stdout has. */
void bar_put(const void *bytes, size_t size);

/* Takes the line away. */
void bar_erase(void);
