/* What answers say about their host: latency, holds, failures in a row, parking. Thread: main. */
#pragma once

#include <stdint.h>

struct engine;
struct host;
struct origin;
struct task;

/* An origin that failed this often in a row is parked, for each of the spans in turn; then its URLs end. */
#define ORIGIN_MAX_FAILURES 5
#define ORIGIN_PARKINGS 3

/* Takes what an answer says about its host into account: latency, holds, failures in a row, parking. */
void failure_note(struct host *host, struct origin *origin, const struct task *task);
/* 2^n seconds with jitter, n from 0. */
uint64_t failure_backoff_usec(struct engine *engine, uint32_t n);
