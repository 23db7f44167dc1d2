/* The numbers of the caller's own jobs: what a verb that names no job may tell of. Part of a work, freed with
 * it. Thread: main. */
#pragma once

#include "server/work.h"
#include "store/store_read.h"

struct own_jobs {
    uint64_t *numbers; /* ascending */
    size_t n;
    size_t capacity;
    struct work *work;
    struct store_read_jobs read;
    void (*found)(void *work);
};

void own_jobs_deinit(struct own_jobs *own);

/* Reads those that `select` picks, in steps; then `found`. If it fails, the call ends with that error, and
 * the work with it. */
void own_jobs_find(
    struct own_jobs *own, struct work *work, enum store_select select, void (*found)(void *work));

bool own_jobs_contain(const struct own_jobs *own, uint64_t job);
