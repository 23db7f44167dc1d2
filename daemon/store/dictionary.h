/* The word ids of one job as far as they are in memory. A complete one knows every word of the job, so that
 * what it does not know is new; one that was dropped for room starts again incomplete, and asks the database
 * for what it misses. Thread: the writer. */
#pragma once

#include "store/hash.h"
#include "store/sql.h"

struct dictionary;

/* `key` must outlive it. `complete`: the job has no words yet. */
int dictionary_new(const struct hash_key *key, bool complete, struct dictionary **ret);
void dictionary_free(struct dictionary *dictionary);
size_t dictionary_bytes(const struct dictionary *dictionary);

/* The word's id; a new word gets *n_words, which grows by one, and is written. */
int dictionary_id(struct dictionary *dictionary, struct sql *sql, uint64_t job, const char *text,
    uint32_t length, uint64_t *n_words, uint32_t *ret);
