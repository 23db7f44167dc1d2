/* Lists of jobs as several verbs print them. Thread: main. */
#pragma once

#include "base/arena.h"
#include "ctl/call.h"
#include "ctl/render.h"
#include "wire/messages.h"

/* Of replies that are lists of jobs, for jobs, wait, pause, resume and cancel. */
extern const struct render_layout jobs_layout;

/* For tables: the jobs with the names of owners that the daemon does not tell; in the arena. Returns 0 or
 * -ENOMEM. */
int jobs_name_owners(struct arena *arena, const struct wire_jobs_out *jobs, struct wire_jobs_out *ret);

/* A call whose parameters are JOBs and whose reply is a list of jobs, which is printed. Returns 0, an exit
 * status with the reason said, or -ENOMEM. */
int jobs_control(struct context *context, enum wire_verb verb, int argc, char **argv);
