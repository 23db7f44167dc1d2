/* How far jobs are, on stderr: on a terminal one line that is drawn over, else a plain line now and then.
 * Thread: main. */
#pragma once

#include "base/cleanup.h"
#include "ctl/bar.h"
#include "wire/messages.h"

struct progress;

/* A silent one with --quiet. `plain_lines`: also where stderr is no terminal. */
int progress_new(const struct context *context, bool plain_lines, struct progress **ret);
void progress_free(struct progress *progress);
DEFINE_CLEANUP(struct progress *, progress_free)

/* Draws what it knows now. */
void progress_show(struct progress *progress, const struct wire_watch_out *watch);

/* Takes the line off the terminal before other lines are printed, and brings it back after them. */
void progress_clear(struct progress *progress);
void progress_restore(struct progress *progress);

/* Sums over jobs. */
struct progress_sum {
    int64_t job; /* of the one job; 0 for several */
    size_t n_jobs, n_paused;
    int64_t total, ended, counted, failed, skipped, cancelled;
    double remaining; /* seconds; negative if unknown */
};
void progress_sum(const struct wire_job *jobs, size_t n, struct progress_sum *ret);

/* Appends the line, of at most `width` columns: "job 7  [bar]  45%  1,163/2,585  105/s  3.1 MB/s  12 failed
 * 13 s left". Without a style there is no bar. Returns 0 or -ENOMEM. */
int progress_format(struct buffer *buffer, const struct progress_sum *sum, double urls_per_second,
    double bytes_per_second, size_t width, const struct bar_style *style);
