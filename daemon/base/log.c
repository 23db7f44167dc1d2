#include "base/log.h"

#include <errno.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#define MAX_LINE 2048
#define MAX_FIELDS 16

static const char *program_name = "urlstatd";
static bool to_journal;
static atomic_int threshold = LOG_INFO;

static const char *const level_names[] = {
    [LOG_EMERG] = "emerg",
    [LOG_ALERT] = "alert",
    [LOG_CRIT] = "crit",
    [LOG_ERR] = "err",
    [LOG_WARNING] = "warning",
    [LOG_NOTICE] = "notice",
    [LOG_INFO] = "info",
    [LOG_DEBUG] = "debug",
};

/* systemd.exec(5): $JOURNAL_STREAM is "device:inode" of the stream that stderr was connected to. */
static bool stderr_is_journal(void)
{
    const char *stream = getenv("JOURNAL_STREAM");
    struct stat status;
    char expected[64];

    if (!stream || fstat(STDERR_FILENO, &status) < 0)
        return false;
    snprintf(expected, sizeof(expected), "%llu:%llu", (unsigned long long)status.st_dev,
        (unsigned long long)status.st_ino);
    return strcmp(stream, expected) == 0;
}

void log_open(const char *program)
{
    program_name = program;
    to_journal = stderr_is_journal();
}

void log_set_level(int level)
{
    atomic_store(&threshold, level);
}

int log_level(void)
{
    return atomic_load(&threshold);
}

int log_level_from_string(const char *name, int *ret)
{
    for (int level = LOG_ERR; level <= LOG_DEBUG; level++)
        if (strcmp(name, level_names[level]) == 0) {
            *ret = level;
            return 0;
        }
    return -EINVAL;
}

const char *log_level_to_string(int level)
{
    return level_names[level];
}

static struct iovec text_iovec(const char *text)
{
    return (struct iovec){.iov_base = (void *)text, .iov_len = strlen(text)};
}

static void write_journal(int level, const struct log_fields *fields, const char *message)
{
    struct iovec parts[MAX_FIELDS + 4];
    char priority[16];
    char message_id[64];
    int n = 0;

    snprintf(priority, sizeof(priority), "PRIORITY=%d", level);
    parts[n++] = text_iovec(priority);
    parts[n++] = text_iovec(message);
    if (fields && fields->message_id) {
        snprintf(message_id, sizeof(message_id), "MESSAGE_ID=%s", fields->message_id);
        parts[n++] = text_iovec(message_id);
    }
    for (size_t i = 0; fields && i < fields->n_fields && i < MAX_FIELDS; i++)
        parts[n++] = text_iovec(fields->fields[i]);
    (void)sd_journal_sendv(parts, n);
}

void log_write(int level, const struct log_fields *fields, const char *format, ...)
{
    static const char prefix[] = "MESSAGE=";
    char message[MAX_LINE];
    va_list arguments;

    if (level > atomic_load(&threshold))
        return;
    memcpy(message, prefix, sizeof(prefix));
    va_start(arguments, format);
    vsnprintf(message + sizeof(prefix) - 1, sizeof(message) - sizeof(prefix) + 1, format, arguments);
    va_end(arguments);
    if (to_journal)
        write_journal(level, fields, message);
    else
        fprintf(stderr, "%s: %s: %s\n", program_name, level_names[level], message + sizeof(prefix) - 1);
}
