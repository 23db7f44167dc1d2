/* Bad lines of a list: all are counted, the first are printed, and some more are kept for the reply. Owner:
 * whoever embeds it. Thread: main. */
#pragma once

#include "base/arena.h"
#include "wire/submit.h"

#define REJECTS_MAX_KEPT 1000
#define REJECTS_MAX_SAID 100

struct rejects {
    struct wire_rejected kept[REJECTS_MAX_KEPT];
    size_t n_kept;
    uint64_t n;
    struct arena strings;
};

void rejects_deinit(struct rejects *rejects);

/* Copies a line, and says it on stderr. Returns 0 or -ENOMEM. */
int rejects_add(struct rejects *rejects, const struct wire_rejected *line);

/* The same for lines of which the daemon lists the first `n` of `total`. */
int rejects_add_all(struct rejects *rejects, const struct wire_rejected *lines, size_t n, int64_t total);

/* How many were not said. */
void rejects_say_rest(const struct rejects *rejects);
