/* The workers of an engine: as many as its settings say, and above them those that had to go and still have
 * something to do. Thread: main. */
#pragma once

#include "engine/settings.h"

struct engine;

/* Workers= has at most this. */
#define ENGINE_MAX_WORKERS 256

/* Room for all that there may ever be. 0 or -ENOMEM. */
int crew_init(struct engine *engine);
/* Starts those that are missing. Returns 0 or negative errno: then there are as many as before. */
int crew_grow(struct engine *engine, const struct engine_settings *settings);
/* Ends those that are too many and have nothing to do. */
void crew_shrink(struct engine *engine);
/* What runs is aborted, and comes back. */
void crew_stop(struct engine *engine);
void crew_deinit(struct engine *engine);

/* Tells every worker of the engine's settings, as they are now, or to drop what it keeps for later.
 * `done` runs when each has done it, NULL: nobody wants to know. 0 or -ENOMEM. */
int crew_tell_settings(struct engine *engine, void (*done)(void *userdata), void *userdata);
int crew_tell_to_drop_caches(struct engine *engine);
