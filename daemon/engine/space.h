/* Fetching holds while the disk has less than MinFreeSpace=, the store more than MaxSize=, or cannot be
 * written at all, which is tried again now and then. Thread: main. */
#pragma once

#include "store/store_heal.h"
#include <stdbool.h>
#include <stdint.h>

struct engine;

struct healing {
    struct store_renew renew;
    struct store_reopen reopen;
    bool busy;
};

/* The store, with what waits to be written, is as large as MaxSize= lets it be. Asked before whatever makes
 * it grow, as it may grow by much between two looks at the disk. */
bool space_is_used_up(const struct engine *engine);
/* Looks at the disk, and holds fetching or lets it go on. Returns 0, or why nothing may grow now: -ENOSPC,
 * -EOVERFLOW (MaxSize=), or what the store fails with. */
int space_look(struct engine *engine);
/* The same if it is time to. */
void space_check(struct engine *engine);
uint64_t space_next_usec(const struct engine *engine);
