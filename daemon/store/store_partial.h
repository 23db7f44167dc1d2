/* Totals of a job that has not ended: a row that tells of some of its pages, and how the others are found. It
 * may be older than the newest pages, never newer: pages are written once and stay as long as their job does,
 * so a row stays true of those that it tells of. See store.h. */
#pragma once

#include "store/store.h"

/* Takes the place of the one before. Nothing is written for a job that has ended, nor where the disk would
 * have little room left. -ENOENT: no such job. The row goes when the job ends for good, or is removed. */
struct store_put_partial {
    struct store_request request;
    uint64_t job;
    const void *bytes; /* NULL: the row is dropped */
    size_t size;
    uint64_t n_pages; /* that it tells of */
    bool written;     /* out */
};

/* Kept free on the disk beside twice the row's size. */
#define STORE_PARTIAL_FREE_BYTES ((uint64_t)128 << 20)

/* What a row is of. */
struct store_partial_of {
    uint64_t n_pages; /* that it tells of */
    uint64_t total;   /* URLs of the job */
    uint64_t n_words; /* of the job, when the row was read */
};

/* For store_scan_pages: if the job has such a row, it is given to `take`, and then only the pages that it
 * does not tell of are shown, by seq. If it has none, or one that tells of less than half of the pages, or
 * one that is refused, all pages are shown. Thread: the reader's. */
struct store_partial {
    /* 0; -EBADMSG: refused, and nothing of it was taken; another negative errno ends the scan. */
    int (*take)(void *userdata, const void *bytes, size_t size, const struct store_partial_of *of);
    /* The lowest seq from this one on that is not told of, by the row or by the pages shown so far. */
    uint64_t (*missing)(void *userdata, uint64_t seq);
    bool was_taken, was_refused; /* out, whatever `r` is */
    struct store_partial_of of;  /* the store's own, as what follows */
    uint64_t n_shown;
};
