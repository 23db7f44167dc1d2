/* What `count` and `text` have in common. Thread: main. */
#pragma once

#include "ctl/verb.h"
#include "words/words.h"

/* From --type and --charset. Returns 0, or EXIT_USAGE with the reason said. */
int local_options(const struct context *context, struct words_options *ret);

/* Loads the word engine. Returns 0, or EXIT_REFUSED with the reason said. */
int local_init(const struct context *context);
