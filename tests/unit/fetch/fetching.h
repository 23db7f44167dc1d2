/* Fetches for tests: a fetcher with its own loop, and requests that keep what they were told. */
#pragma once

#include "fetch/fetcher.h"

/* Generous, so that a slow machine fails no test; short limits are set where they are what is tested. */
struct fetching {
    struct fetch_settings settings;
    struct guard *guard;
    struct fetcher *fetcher;
};

struct fetched {
    struct fetch_request request;
    struct fetching *fetching;
    bool is_done;
    unsigned n_begun;
    unsigned n_sent; /* for a test's own `sent` */
    int begin_returns;
    int data_returns;
    size_t n_bytes;
    char start[64]; /* of the body */
    char url[512];

    /* Of the result: */
    struct fetch_result result; /* its strings are gone */
    char detail[512];
    char location[512];
    char type[128];
    char charset[128];
    char etag[128];
    char last_modified[128];

    struct fetched *next_url; /* started when this one is done */
};

/* `allow`: one network more than the guard lets through, NULL for none. */
void fetching_init(struct fetching *fetching, const char *allow);
/* After the settings are as they should be. */
void fetching_open(struct fetching *fetching);
void fetching_deinit(struct fetching *fetching);

void fetched_init(struct fetched *fetched, struct fetching *fetching, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
void fetched_start(struct fetched *fetched);

/* Runs until it is done. Fails the test after a minute. */
void fetched_wait(struct fetched *fetched);
/* One round of the loop. */
void fetching_run(struct fetching *fetching);

/* All of the above for one page; where a kept connection had ended, once more on one of its own. */
void fetched_get(struct fetched *fetched, struct fetching *fetching, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* What "memory stays flat" may cost; freed memory that a sanitizer keeps back (256 MiB) counts too. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define FETCHING_FLAT_KIB (384 * 1024)
#else
#define FETCHING_FLAT_KIB (4 * 1024)
#endif

/* KiB that this process has resident at most so far. */
long fetching_peak_memory(void);
