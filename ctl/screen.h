/* The whole terminal, as a grid of cells: text is clipped at its field's end, wide characters take their two
 * columns, and what could harm a terminal is escaped. One at a time in a program. The only includer of
 * ncurses. Thread: main. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum screen_style {
    SCREEN_PLAIN,
    SCREEN_SOFT,
    SCREEN_BOLD,
    SCREEN_TITLE,    /* of a panel or a table */
    SCREEN_HEAD,     /* the bar at the top */
    SCREEN_SELECTED, /* the line that keys work on */
    SCREEN_GOOD,
    SCREEN_BAD,
    SCREEN_WAITS,
};

enum screen_key {
    SCREEN_NO_KEY = -1,
    SCREEN_KEY_UP = 0x1000, /* characters stand for themselves */
    SCREEN_KEY_DOWN,
    SCREEN_KEY_ESCAPE,
};

/* Takes the terminal of stdin and stdout. Returns 0, or -ENOTTY if that is none, or one that can do nothing.
 */
int screen_begin(bool color);
/* The terminal is as it was. May be called at any time, also twice. */
void screen_end(void);

/* Columns and lines as they are now; after a change of size, nothing is drawn. */
void screen_size(int *ret_columns, int *ret_lines);
void screen_resize(void);

/* What is drawn between these two appears at once. */
void screen_clear(void);
void screen_show(void);

/* UTF-8 from there on, at most `width` columns; with `fill`, spaces up to there. Returns the columns used. */
int screen_text(int x, int y, int width, enum screen_style style, bool fill, const char *text);
int screen_printf(int x, int y, int width, enum screen_style style, const char *format, ...)
    __attribute__((format(printf, 5, 6)));
/* The text ends where the field does. */
void screen_right(int x, int y, int width, enum screen_style style, const char *text);
/* A bar of `share`, 0 to 1, of the field. */
void screen_bar(int x, int y, int width, enum screen_style style, double share);
/* A line across. */
void screen_rule(int x, int y, int width);

/* The next key that was pressed: a character, or of enum screen_key; SCREEN_NO_KEY if there is none. */
int screen_key(void);
