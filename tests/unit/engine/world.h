/* A store, an engine and its inbox in a directory of their own. Thread: the test's. */
#pragma once

#include "engine/engine.h"
#include "store/store_read.h"

struct world {
    char directory[64];
    struct mailbox inbox;
    struct store *store;
    struct engine *engine;
    struct host_policy policy; /* to be set before world_open(); without delay and robots at first */
    uint32_t max_attempts;
    uint32_t max_transfers; /* 32 at first */
    uint64_t max_queued;    /* of a user; 1000 at first */
    uint64_t min_free_bytes;
    size_t totals_bytes; /* 0 at first: none are kept */
    bool group_reads;
    uid_t uid;                 /* who submits; 1000 at first */
    int64_t max_age_usec;      /* of what is submitted; 0 at first */
    uint64_t deadline_usec;    /* of jobs that are submitted */
    const char *const *labels; /* of their URLs; NULL: none has one */
};

void world_init(struct world *world);
void world_deinit(struct world *world);
/* Opens the store, and starts an engine that may fetch from loopback. */
void world_open(struct world *world);
void world_close(struct world *world);

/* What world_open() starts the engine with, for engine_reload(); the caller's. */
struct engine_settings *world_settings(const struct world *world);

/* Runs the loop until `is_true`, or fails the test after some seconds. */
void world_wait(struct world *world, bool (*is_true)(void *userdata), void *userdata);

/* Submits the URLs (NULL-terminated) and waits for the Commit. */
uint64_t world_submit(struct world *world, const char *const *urls);
/* Waits until the job has ended. */
void world_wait_done(struct world *world, uint64_t job);

/* Rows of the store, freed by store_rows_free(). */
struct store_job_row *world_job(struct world *world, uint64_t job);
struct store_url_row *world_urls(struct world *world, uint64_t job, size_t *ret_n);
