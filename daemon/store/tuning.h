/* What may change while a thread of the store works: durability, memory, and that memory is short. Main says
 * so; the thread follows between two of its transactions. */
#pragma once

#include "base/mailbox.h"
#include "store/sql.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct tuning {
    struct mail mail; /* wakes the thread */
    atomic_bool is_posted, is_changed, drops_caches, sync_full;
    atomic_uint_fast64_t cache_bytes;
};

/* How a connection begins. Thread: the opener's. Returns 0 or negative errno. */
int tuning_open(struct sql *sql, bool sync_full, uint64_t cache_bytes);

/* Thread: main. */
void tuning_change(struct tuning *tuning, struct mailbox *inbox, bool sync_full, uint64_t cache_bytes);
void tuning_drop_caches(struct tuning *tuning, struct mailbox *inbox);

/* The mail has come: does as it was told. Whether caches are dropped. Thread: the connection's, outside of
 * transactions. */
bool tuning_apply(struct tuning *tuning, struct sql *sql);
