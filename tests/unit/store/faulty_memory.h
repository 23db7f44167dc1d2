/* Memory that runs short on demand: SQLite's allocations pass through here, and the n-th from now on fails.
 */
#pragma once

/* Before SQLite is used at all. */
void faulty_memory_install(void);

/* The n-th allocation from now on fails, and all behind it if `for_good`. n == 0: no faults. */
void faulty_memory_fail(unsigned n, int for_good);
/* Whether it has. */
int faulty_memory_failed(void);
