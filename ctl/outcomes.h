/* The table of a job's outcomes with an example of each, for people. Thread: main. */
#pragma once

#include "ctl/call.h"
#include "wire/messages.h"

/* Returns 0 or negative errno. */
int outcomes_table(struct context *context, const struct wire_job *job);

/* Asks for it, and prints it if a URL of the job was not counted, behind an empty line if `gap`. Returns an
 * exit status or negative errno.
 */
int outcomes_print(struct context *context, const char *job, bool gap);
