/* Pages that were counted before, by their URL. Thread: the reader. */
#pragma once

#include "store/reader.h"
#include "store/store_read.h"

/* The page that may be reused for the URL by the rule; strings are copied into the rows of the turn, which
 * has one at least. Returns 0, with `ret` untouched if there is none, or negative errno. */
int known_find(
    struct read_turn *turn, const char *url, const struct store_reuse_rule *rule, struct store_known *ret);
