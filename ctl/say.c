#include "ctl/say.h"

#include "base/array.h"
#include "base/cleanup.h"
#include "ctl/escape.h"
#include "ctl/render.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One write a line, so that lines of several processes do not mix. */
static void put_line(const char *prefix, const char *text)
{
    CLEANUP(buffer_deinit) struct buffer line = {0};

    if (buffer_append_text(&line, prefix) < 0 || escape_append(&line, text, strlen(text)) < 0 ||
        buffer_append_text(&line, "\n") < 0) {
        fputs("urlstatctl: out of memory\n", stderr);
        return;
    }
    fflush(stdout);
    fwrite(line.bytes, 1, line.size, stderr);
    fflush(stderr);
}

static char *formatted(const char *format, va_list arguments) __attribute__((format(printf, 1, 0)));
static char *formatted(const char *format, va_list arguments)
{
    char *text;

    return vasprintf(&text, format, arguments) < 0 ? NULL : text;
}

/* Defines what follows as the message made from `format`. */
#define FORMATTED(text, format)                                                                              \
    va_list arguments;                                                                                       \
    CLEANUP(freep) char *text = NULL;                                                                        \
    va_start(arguments, format);                                                                             \
    text = formatted(format, arguments);                                                                     \
    va_end(arguments)

void say(const char *format, ...)
{
    FORMATTED(text, format);
    put_line("urlstatctl: ", text ? text : format);
}

void say_plain(const char *format, ...)
{
    FORMATTED(text, format);
    put_line("", text ? text : format);
}

void say_note(const struct context *context, const char *format, ...)
{
    CLEANUP(freep) char *text = NULL;
    va_list arguments;

    if (context->quiet)
        return;
    va_start(arguments, format);
    text = formatted(format, arguments);
    va_end(arguments);
    put_line("", text ? text : format);
}

/* An object on stdout says all, so that nothing is said twice on a terminal. */
static void fail(const struct context *context, const char *error, const char *message)
{
    if (!render_failure(context, error, message))
        put_line("urlstatctl: ", message);
}

int say_failure(
    const struct context *context, enum exit_status status, const char *error, const char *format, ...)
{
    FORMATTED(text, format);
    fail(context, error, text ? text : format);
    return status;
}

int say_usage(const struct context *context, const char *format, ...)
{
    FORMATTED(text, format);
    fail(context, FAILURE_USAGE, text ? text : format);
    return EXIT_USAGE;
}

int say_errno(const struct context *context, int r, const char *what)
{
    if (what)
        return say_failure(context, EXIT_REFUSED, FAILURE_SYSTEM, "%s: %s", what, strerror(-r));
    return say_failure(context, EXIT_REFUSED, FAILURE_SYSTEM, "%s", strerror(-r));
}
