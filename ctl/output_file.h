/* A file that a verb writes for the user: whole under its name, or not touched at all. Thread: main. */
#pragma once

#include "base/cleanup.h"
#include "ctl/verb.h"

/* Before there is anything to write: whether it could be. NULL or "-" is stdout, which may be no terminal. 0,
 * or an exit status with the reason said. */
int output_file_check(const struct context *context, const char *path);

/* A regular file, or what a link leads to, is written beside its place, with the rights of the one that was
 * there, and takes its place when it is closed; anything else (a pipe, a device) is written as it is. */
struct output_file;

/* Opens it. These return 0, an exit status with the reason said, or -ENOMEM; what goes wrong with stdout is
 * said by main(). */
int output_file_open(const struct context *context, const char *path, struct output_file **ret);
int output_file_add(struct output_file *file, const void *bytes, size_t size);
/* The file is whole: on disk, and under its name. */
int output_file_close(struct output_file *file);
/* Without a close before, the draft goes, and what was there stays. Takes NULL. */
void output_file_free(struct output_file *file);
DEFINE_CLEANUP(struct output_file *, output_file_free)

/* All of it at once. */
int output_file_write(const struct context *context, const char *path, const void *bytes, size_t size);
