#include "ctl/bar.h"

#include <langinfo.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define DEFAULT_TERMINAL_WIDTH 80
#define BAR_WIDTH 24
#define BAR_MIN_WIDTH 8

static const struct bar_style ascii = {"#", "-", "", ""};
static const struct bar_style ascii_color = {"#", "-", "\033[32m", "\033[0m"};
static const struct bar_style blocks = {"\u2501", "\u2500", "", ""};
static const struct bar_style blocks_color = {"\u2501", "\u2500", "\033[32m", "\033[0m"};

/* What the terminal takes is what the environment says, although output is UTF-8 anyway. */
static bool terminal_is_utf8(void)
{
    locale_t locale = newlocale(LC_CTYPE_MASK, "", NULL);
    bool utf8;

    if (!locale)
        return false;
    utf8 = strcmp(nl_langinfo_l(CODESET, locale), "UTF-8") == 0;
    freelocale(locale);
    return utf8;
}

bool bar_is_wanted(const struct context *context)
{
    const char *terminal = getenv("TERM");

    return !context->quiet && isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
}

const struct bar_style *bar_style(const struct context *context)
{
    if (terminal_is_utf8())
        return context->error_color ? &blocks_color : &blocks;
    return context->error_color ? &ascii_color : &ascii;
}

size_t bar_terminal_width(void)
{
    struct winsize size;

    return ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col
                                                                           : DEFAULT_TERMINAL_WIDTH;
}

int bar_append(struct buffer *buffer, double share, size_t columns, const struct bar_style *style)
{
    size_t width = columns < BAR_WIDTH ? columns : BAR_WIDTH;
    size_t done = (size_t)(share * (double)width);
    int r;

    if (width < BAR_MIN_WIDTH)
        return 0;
    r = buffer_append_text(buffer, style->color);
    for (size_t i = 0; i < width && r == 0; i++) {
        if (i == done)
            r = buffer_append_text(buffer, style->reset);
        if (r == 0)
            r = buffer_append_text(buffer, i < done ? style->done : style->left);
    }
    if (r == 0 && done >= width)
        r = buffer_append_text(buffer, style->reset);
    return r < 0 ? r : buffer_append_text(buffer, " ");
}

void bar_put(const void *bytes, size_t size)
{
    fflush(stdout);
    (void)fwrite(bytes, 1, size, stderr);
    fflush(stderr);
}

void bar_erase(void)
{
    bar_put("\r\033[K", 4);
}
