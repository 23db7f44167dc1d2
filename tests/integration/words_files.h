/* Real pages: the HTML files of Debian's documentation packages. Thread: main. */
#pragma once

#include <stddef.h>

/* The paths, sorted; NULL and the missing package in *ret_missing if one is not installed. */
char **words_files(size_t *ret_n, const char **ret_missing);

/* The file's bytes, for the caller to free. Ends the program on failure. */
char *words_files_read(const char *path, size_t *ret_size);
