/* Which name was meant. Thread: any. */
#pragma once

/* Of the names (a NULL-terminated list) the one that a mistyped `text` most likely means, by
 * Damerau-Levenshtein distance of at most a third of its length, at least 1; NULL if none is near. */
const char *text_nearest(const char *text, const char *const *names);
