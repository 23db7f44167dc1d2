/* Words that are left out of a list: those of a language, which the program brings, or of a file. Thread:
 * main.
 */
#pragma once

#include "ctl/verb.h"

/* As many as one call may bring. */
#define STOP_WORDS_MAX 50000

struct stop_words {
    char **words; /* as they were typed */
    size_t n, capacity;
};

void stop_words_deinit(struct stop_words *list);

/* `source` is a language ("en") or a file, "-" for stdin, of words with space between them; lines that begin
 * with # are skipped. Adds its words. Returns 0, or an exit status with the reason said, or -ENOMEM. */
int stop_words_add(struct context *context, const char *source, struct stop_words *list);
