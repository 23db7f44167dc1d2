/* Requests that may fail, because a test made something fail: each is handed over again as it is until it is
 * done. Only in here is anything counted or failing, see failing.h. Thread: the test's. */
#pragma once

#include "harness.h"

/* A fault strikes once; nothing needs more than a few attempts. */
#define MUST_MAX_TRIES 4
#define MUST_N_HOSTS 3
#define MUST_MAX_URLS 20

/* A page of eight tokens. */
extern const struct page must_page;

/* Kinds of request that were made at all. */
extern bool must_used[N_STORE_KINDS];
/* How many came back with the machine's error. */
extern unsigned must_errors;

void must(struct harness *harness, struct store_request *request, enum store_kind kind);
#define MUST(harness, what, kind) must(harness, &(what).request, kind)
#define MUST_READ(harness, what, kind) (must(harness, &(what).request, kind), store_rows_free((what).rows))

/* The store of the harness, which takes up writing if it could only be read. */
void must_open(struct harness *harness);
/* Closes it, and does that. */
void must_reopen(struct harness *harness);

/* A list of URLs that is open; URL n is http://hostH.example/n, H = n % MUST_N_HOSTS. Its number. */
uint64_t must_append(struct harness *harness, uint64_t n);
/* A committed job of such a list, under its name as its key. */
uint64_t must_submit(struct harness *harness, const char *name, uint64_t n);

/* The outcome of a URL, with `must_page` if it is counted. */
struct store_outcome must_outcome(
    uint64_t job, uint64_t seq, uint32_t attempt, const char *host, enum outcome outcome);
void must_end(struct harness *harness, uint64_t job, uint64_t seq, uint32_t attempt, const char *host,
    enum outcome outcome);
/* What waits under the host is counted. How many did. */
unsigned must_count_waiting(struct harness *harness, uint64_t job, const char *host);
/* Of a job whose URLs have all ended. */
void must_finish(struct harness *harness, uint64_t job);
void must_set_state(struct harness *harness, uint64_t job, enum store_job_state state);
