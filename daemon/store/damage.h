/* A file that SQLite calls damaged is set aside: STORE_FILE STORE_DAMAGED_SUFFIX DATE, with its log, for
 * whoever can save something of it. Nothing is ever deleted. Thread: the one that opens or closes the store;
 * the directory is locked. */
#pragma once

#include <stdint.h>

#define STORE_DAMAGED_SUFFIX ".damaged-"

/* Renames the file at `path`, and its log. 0 or negative errno: the file is still there then. */
int damage_set_aside(const char *path);
/* The one that was set aside last: its path, the caller's. 0, -ENOENT if there is none, or what the directory
 * failed with. Thread: any. */
int damage_find(const char *directory, char **ret);
/* The greatest job number that the file ever gave, as far as that can still be read; else 0. */
int64_t damage_last_job(const char *path);
