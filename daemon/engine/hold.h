/* What holds the whole daemon back now: one rule for whatever it would start or end, and for those who tell
 * people about it. Thread: main. */
#pragma once

#include <stdint.h>

struct engine;

enum engine_hold {
    ENGINE_HOLD_NONE,
    ENGINE_HOLD_STOPPING,  /* the daemon is being stopped */
    ENGINE_HOLD_STORE,     /* the store fails */
    ENGINE_HOLD_UNWRITTEN, /* too many outcomes wait for the store */
    ENGINE_HOLD_SPACE,     /* less than MinFreeSpace= is free, or nothing at all */
    ENGINE_HOLD_SIZE,      /* the store has reached MaxSize= */
    ENGINE_HOLD_BYTES,     /* more bytes came than MaxBytesPerSec= allows: what runs has its turn first */
    ENGINE_HOLD_TRANSFERS, /* MaxTransfers= run */
    ENGINE_HOLD_SLOW,      /* hosts that do not answer in time have their share of these */
};

/* Each needs what those before it need, and more. What ends without words needs the store alone. */
enum engine_step {
    ENGINE_STEP_REUSE,      /* a URL ends with another page's words, which take room on the disk */
    ENGINE_STEP_START,      /* a transfer */
    ENGINE_STEP_START_SLOW, /* a transfer from a host that does not answer in time */
};

enum engine_hold engine_hold(const struct engine *engine, enum engine_step step);

/* CLOCK_BOOTTIME microseconds when the hold ends; USEC_NEVER where nobody knows. */
uint64_t engine_hold_until_usec(const struct engine *engine, enum engine_hold hold);
