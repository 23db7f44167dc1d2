/* Memory that runs out when a test says so. For tests that are registered with FAILING: the linker sends
 * allocations of ours here, those inside shared libraries stay as they are. Thread: any. */
#pragma once

#include <stdbool.h>

/* The n-th allocation from now on fails, that one alone; n is from 1. */
void failing_nth(unsigned n);

/* `n` more allocations succeed, then all fail. */
void failing_after(unsigned n);

/* Between these two nothing is counted and nothing fails: what a test does for itself. */
void failing_pause(void);
void failing_go_on(void);

/* Nothing fails any more. Whether something did. */
bool failing_stop(void);

/* Calls `run` with the first, second ... allocation failing, until none is left to fail. Its result is to be
 * -ENOMEM each time but the last, and then 0. */
void failing_each(int (*run)(void));
