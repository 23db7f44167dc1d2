/* SOURCE, a list of URLs as users give it: a URL if it contains "://", "-" for stdin, else a file with one
 * URL a line, optionally followed by a tab and a label. Read as a stream: memory is that of one line, however
 * long the list is. Thread: main. */
#pragma once

#include "base/cleanup.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SOURCE_MAX_LINE                                                                                      \
    16384 /* bytes of a line, which has room for the longest URL that is taken and a label */

struct source;

/* Is called before each read, which may be long in coming: waits until `fd` can be read. What it returns, if
 * not 0, ends the reading, and source_next() returns it. */
typedef int (*source_wait)(void *userdata, int fd);

/* Never fails but with -ENOMEM: what cannot be opened says so in source_next(). `operand` must outlive it. */
int source_new(const char *operand, struct source **ret);
void source_free(struct source *source);
DEFINE_CLEANUP(struct source *, source_free)
void source_set_wait(struct source *source, source_wait wait, void *userdata);

enum source_kind {
    SOURCE_ENTRY,  /* url, label, line */
    SOURCE_BAD,    /* a line that is no URL: line, url (the start of its text, made UTF-8), reason */
    SOURCE_BROKEN, /* all that follows cannot be read, or nothing could: reason; line is 0 if that is of the
                      whole file */
    SOURCE_END,
};

struct source_item {
    enum source_kind kind;
    uint32_t line;      /* 0 for a URL that is an operand */
    const char *url;    /* valid until the next call */
    const char *label;  /* NULL if none */
    const char *reason; /* a clause */
};

/* Returns 0, or what source_wait returned. After SOURCE_BROKEN and SOURCE_END it stays at SOURCE_END. */
int source_next(struct source *source, struct source_item *ret);

/* "urls.txt", "stdin"; NULL for a URL. */
const char *source_name(const struct source *source);

/* Whether an operand is a URL. */
bool source_is_url(const char *operand);
