/* A file that a verb writes for the user: whole under its name, or not touched at all. Thread: main. */
#pragma once

#include "ctl/verb.h"

/* Before there is anything to write: whether it could be. NULL or "-" is stdout, which may be no terminal. 0,
 * or an exit status with the reason said. */
int output_file_check(const struct context *context, const char *path);

/* A regular file, or what a link leads to, is written beside its place, with the rights of the one that was
 * there, and takes its place when it is whole; anything else (a pipe, a device) is written as it is. What
 * goes wrong with stdout is left to main(). Returns 0, or an exit status with the reason said, or -ENOMEM. */
int output_file_write(const struct context *context, const char *path, const void *bytes, size_t size);
