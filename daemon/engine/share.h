/* Whose turn it is where more could start than may: start-time fair queueing (Goyal, Vin and Cheng, 1996).
 * Users get equal shares of the starts, and each user's jobs equal shares of that user's; a host that is
 * ready waits for the turn of the job that it would start a URL of. So a small job does not wait behind a
 * large one, nor a user behind one with many jobs. Thread: main. */
#pragma once

#include <stdint.h>

struct engine;
struct job;

/* The next turn of the job, or of nobody if it is NULL. Turns of different jobs may be equal. */
uint64_t share_next_turn(struct engine *engine, struct job *job);
/* Something of this turn starts: who comes new begins here, and saves nothing up. */
void share_reached(struct engine *engine, uint64_t turn);
