/* Local files for `count` and `text`: read once, in pieces, never held whole. Thread: main. */
#pragma once

#include "ctl/verb.h"
#include "words/words.h"
#include <stddef.h>

/* From --type and --charset. Returns 0, or EXIT_USAGE with the reason said. */
int local_options(const struct context *context, struct words_options *ret);

/* Loads the word engine. Returns 0, or EXIT_REFUSED with the reason said. */
int local_init(const struct context *context);

/* Takes the next bytes. Returns 0 or negative errno. */
typedef int (*local_sink)(void *userdata, const void *bytes, size_t size);

/* Reads a file, or stdin for "-", to its end. Returns 0; EXIT_REFUSED with the reason said if it cannot be
 * read; what `sink` returned. */
int local_read(const struct context *context, const char *file, local_sink sink, void *userdata);
