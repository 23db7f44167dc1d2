/* A host that stayed dead through all its parkings is given up: what a job has waiting under that scheme of
 * it ends together, however much it is, in the store and here. Thread: main. */
#pragma once

#include <stdbool.h>
#include <stddef.h>

struct lane;
struct waiting;

enum giving_up {
    GIVING_UP_NOTHING,
    GIVING_UP_SOON,  /* transfers of that origin are in flight: their results still count */
    GIVING_UP_ASKED, /* the store is ending them */
    GIVEN_UP,        /* what comes from then on ends by itself */
};

/* The URL was taken out of the lane to be started, and its origin is to be given up. True if it is back in
 * the lane, and will end with the others; false if it is to end by itself. */
bool give_up(struct lane *lane, struct waiting *waiting);
/* A transfer of the lane came back. */
void give_up_go_on(struct lane *lane);
/* Whether the lane reads and starts nothing (of that origin) for it. */
bool give_up_is_under_way(const struct lane *lane, size_t origin);
