/* A file of nothing, for when the disk is full: it is given up then, so that what makes room (a removal, a
 * cancel, and the deleting after it) can still be written, and made again once there is room for it. Thread:
 * the one that opens the store, then the writer. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct reserve {
    char *path;
    uint64_t max_bytes; /* 0: there is none */
    bool is_spent;      /* given up, and not made again */
};

int reserve_init(struct reserve *reserve, const char *directory, uint64_t max_bytes);
void reserve_deinit(struct reserve *reserve);

/* Makes it, if there is room for twice as much. 0: it is there, or this file system has none; -ENOSPC: it was
 * given up, and there is no room yet. */
int reserve_make(struct reserve *reserve);
/* False if there was nothing to give. */
bool reserve_give_up(struct reserve *reserve);
