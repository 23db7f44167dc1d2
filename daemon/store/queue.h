/* Which seqs of a queue row still wait there. Thread: the one that owns the connection. */
#pragma once

#include "store/sql.h"
#include "store/store_change.h"

/* 1 if the URL waits in the row (host, batch), and `call` is at its row of SQL_WAITING then; 0 if it ended or
 * moved. The caller ends `call`, whatever comes back. */
int queue_find(
    struct sql *sql, uint64_t job, const char *host, uint64_t batch, uint64_t seq, struct call *call);

/* A trim that the reader hands to the writer. It has no `done`: the writer frees it. */
struct own_trim {
    struct store_trim trim;
    char host[];
};
