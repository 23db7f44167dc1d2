/* A job in words: the same text for the same result, however it came about. Thread: the test's. */
#pragma once

#include "harness.h"

/* Its counters, the ids its pages were counted under, how each URL ended and with how many words, and the sum
 * of each word over its pages. The caller frees it. */
char *describe_job(struct harness *harness, uint64_t job);
