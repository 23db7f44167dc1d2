/* Fetching holds while the disk has less than MinFreeSpace=. Thread: main. */
#pragma once

#include <stdint.h>

struct engine;

/* Looks at the disk if it is time to, and holds fetching below MinFreeSpace=. */
void space_check(struct engine *engine);
uint64_t space_next_usec(const struct engine *engine);
