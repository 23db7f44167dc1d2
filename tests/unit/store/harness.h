/* A store in a directory of its own, requests that are waited for, and pages made of words. Thread: the
 * test's. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include "store/store.h"
#include "store/store_change.h"
#include "store/store_list.h"
#include "store/store_read.h"
#include <cmocka.h>

struct harness {
    char directory[64];
    struct mailbox replies;
    struct store *store;
    uint64_t cache_bytes;
    bool sync_full;
    uint64_t reserve_bytes;
    bool in_memory; /* small, and opened so often that waiting for the disk would take most of the time */
};

/* Makes the directory, but no store. */
void harness_make_directory(struct harness *harness);
/* Makes the directory and opens the store in it. */
void harness_open(struct harness *harness);
/* Closes the store and opens it again. */
void harness_reopen(struct harness *harness);
/* Closes the store, if it is open, and removes the directory. */
void harness_close(struct harness *harness);
int harness_try_open(struct harness *harness, struct store **ret);
void harness_close_store(struct harness *harness);
/* directory/name; valid until the next call. */
const char *harness_path(const struct harness *harness, const char *name);

/* Waits until the writer has nothing left to do, not even to sweep. */
void harness_wait_idle(struct harness *harness);

/* Hands it over without waiting. */
void harness_post(struct harness *harness, struct store_request *request, enum store_kind kind);
/* Waits until everything that was posted came back. */
void harness_wait(struct harness *harness);
/* Waits until this one did. */
void harness_wait_for(struct harness *harness, const struct store_request *request);
/* Both; what comes back is its r. */
int harness_do(struct harness *harness, struct store_request *request, enum store_kind kind);
#define DO(harness, what, kind) harness_do(harness, &(what).request, kind)

/* The request that came back last. */
const struct store_request *harness_last_reply(void);

/* A page's counts, as hooks.word sees them. Packed: 12 bytes a pair, ids ascending. */
struct page {
    size_t n;
    const char *words[16];
    uint64_t tokens[16];
};
uint64_t packed_tokens(const void *counts, size_t size);
size_t packed_size(const void *counts, size_t size); /* pairs */
void packed_get(const void *counts, size_t i, uint32_t *ret_id, uint64_t *ret_tokens);

/* A committed job of n URLs http://hostH.example/N, N from 1, H = N % n_hosts. */
uint64_t harness_submit(struct harness *harness, const char *name, size_t n, size_t n_hosts);
const char *harness_host(uint64_t seq, size_t n_hosts); /* valid until the next call */

/* Appends n such URLs to a job that was begun, from first_seq on. */
int harness_append(struct harness *harness, uint64_t job, uint64_t first_seq, size_t n, size_t n_hosts);
/* Fills in what a commit needs. */
struct store_commit harness_commit(uint64_t job, const char *name, uint64_t total);

/* An outcome with the least that it needs; `page` NULL: not counted. Whether it was accepted. */
struct store_outcome harness_outcome(uint64_t job, uint64_t seq, const char *host, enum outcome outcome);
bool harness_end(struct harness *harness, uint64_t job, uint64_t seq, const char *host, enum outcome outcome,
    const struct page *page);

/* The job's row; fails the test if there is none. */
struct store_job_row harness_job(struct harness *harness, uint64_t job);
int harness_find_job(struct harness *harness, uint64_t job, struct store_job_row *ret);
