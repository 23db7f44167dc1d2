/* What was done since the start, in numbers for monitoring. Thread: main. */
#pragma once

#include "base/histogram.h"
#include "base/outcome.h"

struct task;

struct engine_metrics {
    uint64_t outcomes[OUTCOME_MAX + 1]; /* URLs that ended so */
    uint64_t words, body_bytes, wire_bytes;
    struct histogram answer_seconds;   /* from the start of a transfer to its first byte */
    struct histogram transfer_seconds; /* to its end */
    struct histogram page_bytes;       /* of a counted page, decoded */
    struct histogram page_words;
};

void metrics_init(struct engine_metrics *metrics);
/* A URL has ended, durably. */
void metrics_note(struct engine_metrics *metrics, const struct task *task);
