/* What was kept of a job's pages and is not any more, freed where nobody waits for it: on the store's reader
 * thread, a part a turn. Thread: main. */
#pragma once

#include "engine/running_kept.h"

struct engine;

/* Takes what is in `kept`, which is empty then. */
void running_waste(struct engine *engine, struct running_kept *kept);
