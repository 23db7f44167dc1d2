/* A file that a verb writes for the user: whole under its name, or not touched at all. Thread: main. */
#pragma once

#include "base/cleanup.h"
#include "ctl/verb.h"
#include <stdio.h>

struct output_file;

/* NULL or "-" is stdout, which may be no terminal. A regular file is written beside its place and takes it on
 * output_file_commit(); anything else (a pipe, a device) is written as it goes. Returns 0, or an exit status
 * with the reason said, or -ENOMEM. */
int output_file_open(struct context *context, const char *path, struct output_file **ret);

/* Errors of writing may be left to output_file_commit(). */
FILE *output_file_stream(struct output_file *file);

/* Returns 0, or an exit status with the reason said: then the file that was there before is there still. */
int output_file_commit(struct context *context, struct output_file *file);

/* What was not committed is gone. */
void output_file_free(struct output_file *file);
DEFINE_CLEANUP(struct output_file *, output_file_free)
