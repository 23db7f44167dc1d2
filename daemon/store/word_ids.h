/* The word ids of one job as far as they are in memory. A complete one knows every word of the job, so that
 * what it does not know is new; one that was dropped for room starts again incomplete, and asks the database
 * for what it misses. Thread: the writer. */
#pragma once

#include "store/hash.h"
#include "store/sql.h"

struct word_ids;

/* `key` must outlive it. `complete`: the job has no words yet. */
int word_ids_new(const struct hash_key *key, bool complete, struct word_ids **ret);
void word_ids_free(struct word_ids *word_ids);
size_t word_ids_bytes(const struct word_ids *word_ids);

/* The word's id; a new word gets *n_words, which grows by one, and is written. */
int word_ids_id(struct word_ids *word_ids, struct sql *sql, uint64_t job, const char *text, uint32_t length,
    uint64_t *n_words, uint32_t *ret);
