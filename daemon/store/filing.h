/* URLs on their way into the queue: seqs collected by host, and written as queue rows in the order of the
 * hosts, which keeps the queue's tree growing in runs instead of at random. Thread: the writer. */
#pragma once

#include "base/cleanup.h"
#include "store/hash.h"
#include "store/sql.h"

struct filing;

/* `key` must outlive it. */
int filing_new(const struct hash_key *key, struct filing **ret);
void filing_free(struct filing *filing);
DEFINE_CLEANUP(struct filing *, filing_free)

int filing_add(struct filing *filing, const char *host, size_t length, uint64_t seq);

/* Writes and forgets all. Rows hold at most `max_per_row` seqs; the first rows of every host get the number
 * *batch, their second ones the next, and *batch becomes the first number that none has. A seq that was added
 * twice under a host is written once. */
int filing_write(struct filing *filing, struct sql *sql, uint64_t job, size_t max_per_row, uint64_t *batch);
