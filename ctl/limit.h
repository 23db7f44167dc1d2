/* How well a job that was waited for has to end. Thread: main. */
#pragma once

#include "ctl/verb.h"
#include "wire/job.h"

/* --max-failed: a number of URLs, or a share of all. */
struct limit {
    int64_t failed;
    double percent; /* negative: `failed` counts */
};

/* "12" or "1.5%". Returns 0, or EXIT_USAGE with the reason said; untouched without the option. */
int limit_parse(const struct context *context, struct limit *ret);

/* EXIT_DONE, or EXIT_INCOMPLETE if the ended job has more failures, nothing counted, or was cancelled or
 * removed. */
enum exit_status limit_judge(const struct wire_job *job, const struct limit *limit);
