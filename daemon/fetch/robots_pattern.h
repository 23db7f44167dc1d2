/* Path patterns of robots.txt: the form in which patterns and paths compare (RFC 9309 2.2.2, 2.2.3). Pure.
 * Thread: any. */
#pragma once

#include "base/array.h"
#include <stdbool.h>
#include <stddef.h>

/* Appends the form of a path and query that patterns compare with. In it `*` and `$` are always escaped, so
 * that a pattern's bare ones are special and its "%2A" is not; and behind the first `?` escaped and bare
 * delimiters are one (the table in 2.2.2 holds "?baz=https://foo.bar" and "?baz=https%3A%2F%2Ffoo.bar"
 * equal). 0 or -ENOMEM. */
int robots_path_canonical(struct buffer *buffer, const char *path, size_t size);

/* The same of a pattern, whose `*` stay (a run of them as one), as does a `$` at its end. 0 or -ENOMEM. */
int robots_pattern_canonical(struct buffer *buffer, const char *pattern, size_t size);

/* Linear in both lengths. */
bool robots_pattern_matches(const char *pattern, size_t pattern_size, const char *path, size_t path_size);
