/* The file of store_prints.h: prints one after another in runs, each sorted, and how they become few. Thread:
 * reader. */
#pragma once

#include "store/store_prints.h"

/* A run is longer than all that come after it together: so there are few. */
#define PRINTS_MAX_RUNS 64

struct prints_run {
    uint64_t first; /* place in the file, in prints */
    uint64_t n;
};

struct store_prints {
    int fd;
    size_t n_runs;
    struct prints_run runs[PRINTS_MAX_RUNS];
    uint64_t end;                  /* of the file, in prints */
    struct prints_source *sources; /* runs that are being merged, while they are */
    size_t n_sources;
};

/* An empty one. 0 or negative errno. store_prints_free() frees it. */
int prints_file_new(const char *directory, struct store_prints **ret);

/* By their value: < 0, 0 or > 0. */
int prints_compare(const struct store_print *left, const struct store_print *right);
/* Likewise, for qsort() and bsearch(). */
int prints_compare_any(const void *left, const void *right);

/* At that place, in prints. 0 or negative errno. */
int prints_read(const struct store_prints *prints, uint64_t at, struct store_print *ret, size_t n);
/* At the end of the file, to the run behind the last one, which is being written. Likewise. */
int prints_append(struct store_prints *prints, const struct store_print *written, size_t n);

/* The last run is complete: begins to merge it with those before it, if they are no longer. READ_MORE if
 * prints_merge_some() is to be called, until it returns something else; 0 or negative errno. */
int prints_merge_begin(struct store_prints *prints);
int prints_merge_some(struct store_prints *prints);
