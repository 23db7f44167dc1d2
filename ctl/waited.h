/* The jobs that are waited for, as last heard of. Owner: whoever embeds it. Thread: main. */
#pragma once

#include "wire/job.h"

struct waited {
    struct wire_job *jobs; /* without texts but the state */
    size_t n_jobs;
    char (*numbers)[24]; /* as text */
    const char **names;  /* the same as JOBs, for further calls */
};

void waited_deinit(struct waited *waited);

/* What a reply says. A job that was removed meanwhile is no longer told of, and stays as it was. Returns 0 or
 * -ENOMEM. */
int waited_take(struct waited *waited, const struct wire_job *jobs, size_t n);
