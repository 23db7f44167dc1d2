/* Files for one test, in a directory of their own below the build's current one. */
#pragma once

/* As cmocka's setup and teardown: makes and removes the directory. */
int scratch_setup(void **state);
int scratch_teardown(void **state);

/* The path of a file or directory in it; lives until 31 more are made. */
const char *scratch_path(const char *name);
const char *scratch_directory(const char *name);
/* Writes it, and gives its path. */
const char *scratch_file(const char *name, const char *text);
