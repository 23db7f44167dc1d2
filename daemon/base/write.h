/* Writing to descriptors. Thread: any. */
#pragma once

#include <stddef.h>

/* All of it, however many pieces the descriptor takes it in; where it does not block, it is waited for.
 * Returns 0 or negative errno, and then a part may be written. */
int write_whole(int fd, const void *bytes, size_t size);
