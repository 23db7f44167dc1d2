/* The journal where there is one, lines on stderr elsewhere. Only server/, daemon.c and main.c log; the
 * layers below return what happened. Whoever logs says what to do about it. Thread: any. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <syslog.h>

/* Fields beside the text, given as "NAME=value". */
struct log_fields {
    const char *message_id; /* 32 hexadecimal digits, of packaging/urlstatd.catalog; NULL if none */
    const char *const *fields;
    size_t n_fields;
};

/* Chooses the journal if stderr is connected to it ($JOURNAL_STREAM), else stderr with the program's name. */
void log_open(const char *program);

/* LOG_DEBUG to LOG_ERR: less important lines are dropped. */
void log_set_level(int level);
int log_level(void);

/* -EINVAL for a name that syslog does not know ("debug" "info" "notice" "warning" "err"). */
int log_level_from_string(const char *name, int *ret);
/* "debug" ... "emerg". */
const char *log_level_to_string(int level);

void log_write(int level, const struct log_fields *fields, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#define log_debug(...) log_write(LOG_DEBUG, NULL, __VA_ARGS__)
#define log_info(...) log_write(LOG_INFO, NULL, __VA_ARGS__)
#define log_notice(...) log_write(LOG_NOTICE, NULL, __VA_ARGS__)
#define log_warning(...) log_write(LOG_WARNING, NULL, __VA_ARGS__)
#define log_error(...) log_write(LOG_ERR, NULL, __VA_ARGS__)
