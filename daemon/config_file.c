#include "daemon/config_file.h"

#include "base/array.h"
#include "base/cleanup.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <ini.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BYTE_ORDER_MARK "\xef\xbb\xbf"
#define MAX_LINE 4096
#define MAX_WHERE 4352

/* The library splits a line into key and value, and knows comments. It counts no lines for its caller, cuts
 * long lines and long sections without a word, and takes an indented line for more of the value above: so the
 * lines are given to it one by one, and sections are read here. */
struct reading {
    const struct config_file_callbacks *callbacks;
    void *userdata;
    const char *path;
    const char *next; /* the first line that was not given yet */
    const char *end;
    unsigned line;
    bool expects_assignment; /* the library has a line in hand that must be one */
    bool ignored;            /* the section line was odd: what follows belongs nowhere */
    char where[MAX_WHERE];
    int r;
};

static void report_odd(struct reading *reading, const char *reason)
{
    if (reading->r == 0)
        reading->r = reading->callbacks->odd(reading->userdata, reading->where, reason);
}

static void end_line(struct reading *reading)
{
    if (reading->expects_assignment)
        report_odd(reading, "neither [Section] nor Key=value");
    reading->expects_assignment = false;
}

/* "[Name]", perhaps with a comment behind it, of a trimmed line. */
static void take_section(struct reading *reading, char *line)
{
    char *comment = strstr(line, " ;");
    size_t length;

    if (comment)
        *comment = '\0';
    length = strlen(line);
    while (length > 0 && isspace((unsigned char)line[length - 1]))
        length--;
    reading->ignored = length < 3 || line[length - 1] != ']';
    if (reading->ignored) {
        report_odd(reading, "a section is written [Name] and nothing more; what is in this one is ignored");
        return;
    }
    line[length - 1] = '\0';
    if (reading->r == 0)
        reading->r = reading->callbacks->section(reading->userdata, reading->where, line + 1);
}

/* A trimmed line. Whether the library is to see it. */
static bool take_line(struct reading *reading, char *line, size_t length, size_t room)
{
    if (length == 0 || line[0] == '#' || line[0] == ';')
        return false;
    if (memchr(line, '\0', length)) {
        report_odd(reading, "a NUL byte in the line, which is ignored");
        return false;
    }
    if (line[0] == '[') {
        take_section(reading, line);
        return false;
    }
    if (length >= room) {
        report_odd(reading, "the line is too long and is ignored; lists may be written on several lines");
        return false;
    }
    reading->expects_assignment = true;
    return true;
}

/* The next line without white space around it, in `line`; its length, cut to MAX_LINE. */
static size_t next_line(struct reading *reading, char line[static MAX_LINE])
{
    const char *start = reading->next;
    const char *stop = memchr(start, '\n', (size_t)(reading->end - start));
    size_t length;

    reading->next = stop ? stop + 1 : reading->end;
    if (!stop)
        stop = reading->end;
    while (start < stop && isspace((unsigned char)*start))
        start++;
    while (start < stop && isspace((unsigned char)stop[-1]))
        stop--;
    length = (size_t)(stop - start);
    if (length > MAX_LINE - 1)
        length = MAX_LINE - 1;
    memcpy(line, start, length);
    line[length] = '\0';
    reading->line++;
    snprintf(reading->where, sizeof(reading->where), "%.*s:%u", MAX_LINE, reading->path, reading->line);
    return length;
}

/* As fgets(). Lines that the library need not see are empty to it. */
static char *give_line(char *buffer, int size, void *stream)
{
    struct reading *reading = stream;
    char line[MAX_LINE];
    size_t length;

    end_line(reading);
    if (reading->r < 0 || reading->next == reading->end)
        return NULL;
    length = next_line(reading, line);
    if (!take_line(reading, line, length, (size_t)size - 1))
        length = 0;
    memcpy(buffer, line, length);
    buffer[length] = '\0';
    return buffer;
}

static int take_assignment(void *userdata, const char *section, const char *name, const char *value)
{
    struct reading *reading = userdata;

    reading->expects_assignment = false;
    if (reading->r == 0 && !reading->ignored)
        reading->r = reading->callbacks->assignment(reading->userdata, reading->where, name, value);
    return 1;
}

static int read_whole(const char *path, struct buffer *ret)
{
    FILE *file CLEANUP(fclosep) = fopen(path, "re");
    int r;

    if (!file)
        return -errno;
    r = buffer_reserve(ret, CONFIG_MAX_FILE + 1);
    if (r < 0)
        return r;
    ret->size = fread(ret->bytes, 1, CONFIG_MAX_FILE + 1, file);
    if (ferror(file))
        return errno > 0 ? -errno : -EIO;
    return ret->size > CONFIG_MAX_FILE ? -EFBIG : 0;
}

int config_file_read(const char *path, const struct config_file_callbacks *callbacks, void *userdata)
{
    struct reading reading = {.callbacks = callbacks, .userdata = userdata, .path = path};
    struct buffer text CLEANUP(buffer_deinit) = {0};
    int r;

#ifdef INIH_LIMITS_AT_RUNTIME
    ini_use_stack = false;
    ini_initial_alloc = MAX_LINE;
    ini_max_line = MAX_LINE;
#endif
    r = read_whole(path, &text);
    if (r < 0)
        return r;
    reading.next = (const char *)text.bytes;
    reading.end = reading.next + text.size;
    if (text.size >= 3 && memcmp(text.bytes, BYTE_ORDER_MARK, 3) == 0)
        reading.next += 3;
    r = ini_parse_stream(give_line, &reading, take_assignment, &reading);
    if (r == -2)
        return -ENOMEM;
    /* Lines that the library complains of have been reported above. */
    return reading.r;
}
