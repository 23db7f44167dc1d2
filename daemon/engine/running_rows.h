/* Totals of jobs that have not ended, as rows of the store: written when they leave memory, and taken from
 * there when somebody asks again, so that only pages that became durable since are read. See store_partial.h:
 * a row is a cache, and may be missing, or tell of fewer pages than there are.
 *
 * They are packed and unpacked on the store's reader thread. Where the disk or MaxSize= has no room for it,
 * no row is written. Thread: main, but for what says otherwise. */
#pragma once

#include "engine/running_kept.h"
#include "store/store_partial.h"

struct engine;

/* A row is written where it spares so many pages more than the one that is there: at least these, and one of
 * so many of its own. */
#define RUNNING_ROWS_MIN_PAGES 100
#define RUNNING_ROWS_MIN_SHARE 64
/* When the daemon ends, no row is begun later than this after that. */
#define RUNNING_ROWS_STOP_USEC (3 * USEC_PER_SEC)

/* Takes what is in `kept`, all of it whole, which is empty then; or leaves it if it is not worth a row. The
 * job's row, if there is one, is known to tell of n_row of its pages. */
void running_rows_put(struct engine *engine, uint64_t job, struct running_kept *kept, uint64_t n_row);
/* Whether the job's row is under way: running_row_ended() will be called. */
bool running_rows_is_putting(const struct engine *engine, uint64_t job);
/* Drops it. */
void running_rows_drop(struct engine *engine, uint64_t job);

/* For struct store_partial, of a `kept` that has begun and has no pages. Thread: the reader's. */
int running_rows_take(void *kept, const void *bytes, size_t size, const struct store_partial_of *of);
uint64_t running_rows_missing(void *kept, uint64_t seq);
