/* Memory that runs out when a test says so. For programs linked with --wrap of malloc, calloc, realloc and
 * reallocarray: allocations of ours fail, those inside shared libraries do not. Thread: one. */
#pragma once

#define FAILING_NEVER (-1)

/* `n` more allocations succeed, then all fail. */
void failing_after(long n);
