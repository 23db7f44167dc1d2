/* Waiting for jobs to end: progress on stderr, pages as they are counted on stdout, Ctrl-C, and the exit
 * status that the jobs deserve. A daemon that goes away and comes back meanwhile (restart, upgrade) is waited
 * for. Thread: main. */
#pragma once

#include "ctl/call.h"
#include "ctl/limit.h"
#include "ctl/waited.h"

/* As the daemon has it: of a page, while it is followed. */
#define FOLLOW_MAX_WORDS 1000

struct follow_options {
    const char *const *jobs; /* as JOBs; n_jobs 0: the caller's latest */
    size_t n_jobs;
    struct limit limit;
    bool plain_progress; /* lines where stderr is no terminal */
    bool per_page;       /* each page's top words as it is counted, in the context's format */
    int64_t k;           /* of per_page: 1 to FOLLOW_MAX_WORDS */
};

/* Returns the exit status, with the reason said unless it is 0 or 5; or negative errno. With 0 and 5, *ret is
 * the jobs; the caller's. `ret` may be NULL. */
int follow_jobs(struct context *context, const struct follow_options *options, struct waited *ret);
