/* The robots.txt that are remembered share ENGINE_ROBOTS_BYTES: the one that was used longest ago goes first.
 * Small and large ones have half of it each, so that a few sites with endless rules make each other be
 * forgotten, and nobody else. Thread: main. */
#pragma once

#include "base/list.h"
#include <stddef.h>

struct origin;
struct robots;

#define ENGINE_ROBOTS_BYTES ((size_t)64 * 1024 * 1024)
/* Above it, a parsed robots.txt is a large one. */
#define ENGINE_ROBOTS_SMALL ((size_t)64 * 1024)

struct robots_shelf {
    struct list origins; /* by origin.on_shelf, used longest ago first */
    size_t bytes;
    size_t max_bytes;
};

/* Of small and of large ones. */
struct robots_shelves {
    struct robots_shelf sizes[2];
};

void robots_shelves_init(struct robots_shelves *shelves);
/* The origin has these rules from now on; takes them. Others, or these, are dropped if there is no room:
 * robots_gate_dropping() is told before. */
void robots_shelf_put(struct robots_shelves *shelves, struct origin *origin, struct robots *robots);
/* They are being used. */
void robots_shelf_touch(struct robots_shelves *shelves, struct origin *origin);
/* Frees the origin's rules, if it has any. */
void robots_shelf_forget(struct robots_shelves *shelves, struct origin *origin);
