/* The globs of struct counts_filter. Thread: any. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* * stands for any characters, ? for one, [a-z] for one of a set, [!a-z] for one that is not; all else for
 * itself. */
bool counts_glob_matches(const char *glob, const char *word, uint32_t length);
