#include "ctl/screen.h"

#include "base/array.h"
#include "base/cleanup.h"
#include "ctl/escape.h"
#include <errno.h>
#include <ncurses.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <wchar.h>

#define MAX_COLUMNS 1024

static SCREEN *screen;

static attr_t attributes[] = {
    [SCREEN_PLAIN] = A_NORMAL,
    [SCREEN_SOFT] = A_DIM,
    [SCREEN_BOLD] = A_BOLD,
    [SCREEN_TITLE] = A_BOLD,
    [SCREEN_HEAD] = A_REVERSE,
    [SCREEN_SELECTED] = A_REVERSE,
    [SCREEN_GOOD] = A_NORMAL,
    [SCREEN_BAD] = A_BOLD,
    [SCREEN_WAITS] = A_NORMAL,
};

static void set_color(enum screen_style style, short color)
{
    if (init_pair((short)style, color, -1) != ERR)
        attributes[style] |= (attr_t)COLOR_PAIR(style);
}

static void begin_colors(void)
{
    if (!has_colors() || start_color() == ERR || use_default_colors() == ERR)
        return;
    set_color(SCREEN_TITLE, COLOR_CYAN);
    set_color(SCREEN_GOOD, COLOR_GREEN);
    set_color(SCREEN_BAD, COLOR_RED);
    set_color(SCREEN_WAITS, COLOR_YELLOW);
}

int screen_begin(bool color)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
        return -ENOTTY;
    screen = newterm(NULL, stdout, stdin);
    if (!screen)
        return -ENOTTY;
    /* One that cannot be written anywhere, as "dumb", has no screen. */
    if (!tigetstr("cup") || tigetstr("cup") == (char *)-1 || !tigetstr("clear") ||
        tigetstr("clear") == (char *)-1) {
        screen_end();
        return -ENOTTY;
    }
    (void)cbreak();
    (void)noecho();
    (void)nonl();
    (void)curs_set(0);
    (void)keypad(stdscr, TRUE);
    (void)nodelay(stdscr, TRUE);
    (void)set_escdelay(25);
    if (color)
        begin_colors();
    return 0;
}

void screen_end(void)
{
    if (!screen)
        return;
    (void)endwin();
    delscreen(screen);
    screen = NULL;
}

void screen_size(int *ret_columns, int *ret_lines)
{
    getmaxyx(stdscr, *ret_lines, *ret_columns);
}

void screen_resize(void)
{
    struct winsize size;

    if (ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 0 && size.ws_col > 0)
        (void)resizeterm(size.ws_row, size.ws_col);
    (void)clearok(stdscr, TRUE);
}

void screen_clear(void)
{
    (void)erase();
}

void screen_show(void)
{
    (void)refresh();
}

/* As many whole characters as fit. Returns the columns they take. */
static int to_wide(const char *text, size_t size, int width, wchar_t *ret, size_t *ret_n)
{
    mbstate_t state = {0};
    size_t n = 0;
    int used = 0;

    while (size > 0 && n + 1 < MAX_COLUMNS) {
        wchar_t character;
        size_t length = mbrtowc(&character, text, size, &state);
        int columns;

        if (length == 0 || length > size)
            break;
        columns = wcwidth(character);
        if (columns < 0) {
            character = L'?';
            columns = 1;
        }
        if (used + columns > width)
            break;
        ret[n++] = character;
        used += columns;
        text += length;
        size -= length;
    }
    ret[n] = L'\0';
    *ret_n = n;
    return used;
}

static int put(int x, int y, int width, enum screen_style style, bool fill, bool right, const char *text)
{
    CLEANUP(buffer_deinit) struct buffer safe = {0};
    wchar_t wide[MAX_COLUMNS];
    int used, columns, lines;
    size_t n;

    screen_size(&columns, &lines);
    if (width > columns - x)
        width = columns - x;
    if (x < 0 || y < 0 || y >= lines || width <= 0 || escape_append(&safe, text, strlen(text)) < 0)
        return 0;
    used = to_wide((const char *)safe.bytes, safe.size, width, wide, &n);
    (void)attrset((int)attributes[style]);
    if (fill)
        (void)mvhline(y, x, ' ', width);
    (void)mvaddnwstr(y, right ? x + width - used : x, wide, (int)n);
    (void)attrset(A_NORMAL);
    return used;
}

int screen_text(int x, int y, int width, enum screen_style style, bool fill, const char *text)
{
    return put(x, y, width, style, fill, false, text);
}

int screen_printf(int x, int y, int width, enum screen_style style, const char *format, ...)
{
    char text[4 * MAX_COLUMNS];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof(text), format, arguments);
    va_end(arguments);
    return put(x, y, width, style, false, false, text);
}

void screen_right(int x, int y, int width, enum screen_style style, const char *text)
{
    (void)put(x, y, width, style, false, true, text);
}

void screen_bar(int x, int y, int width, enum screen_style style, double share)
{
    int full = (int)((share < 0 ? 0 : share > 1 ? 1 : share) * width);

    (void)attrset((int)attributes[style]);
    for (int i = 0; i < width; i++)
        (void)mvaddwstr(y, x + i, i < full ? L"█" : L"░");
    (void)attrset(A_NORMAL);
}

void screen_rule(int x, int y, int width)
{
    (void)attrset((int)attributes[SCREEN_SOFT]);
    (void)mvhline(y, x, ACS_HLINE, width);
    (void)attrset(A_NORMAL);
}

int screen_key(void)
{
    wint_t key;

    switch (get_wch(&key)) {
    case KEY_CODE_YES:
        return key == KEY_UP ? SCREEN_KEY_UP : key == KEY_DOWN ? SCREEN_KEY_DOWN : screen_key();
    case OK:
        return key == 27 ? SCREEN_KEY_ESCAPE : (int)key;
    default:
        return SCREEN_NO_KEY;
    }
}
