/* The word ids of one job as far as they are in memory.
 *
 * At rest a job's words are a log, blocks of words in the order of their ids, and an index from word to id.
 * The log is written with every transaction; the index is brought up to date only once in many thousand new
 * words, sorted, as it costs most of all when it grows at random: most jobs end before they need one. What it
 * does not have yet is always in memory, read back from the log when a job is taken up again. Thread: the
 * writer. */
#pragma once

#include "store/sql.h"
#include "store/word_table.h"

struct word_ids;

/* Takes up a job that has n_words words, the first n_indexed of which are in the index. */
int word_ids_new(word_hash hash, struct sql *sql, uint64_t job, uint64_t n_words, uint64_t n_indexed,
    struct word_ids **ret);
void word_ids_free(struct word_ids *ids);
DEFINE_CLEANUP(struct word_ids *, word_ids_free)

/* Bytes of memory. */
size_t word_ids_bytes(const struct word_ids *ids);
uint64_t word_ids_n_words(const struct word_ids *ids);
uint64_t word_ids_n_indexed(const struct word_ids *ids);

uint32_t word_ids_hash(const struct word_ids *ids, const char *text, uint32_t length);

/* The place in memory of words of this hash is on its way from then on: a page's words are best brought near
 * some steps ahead of where they are looked up. */
void word_ids_near(const struct word_ids *ids, uint32_t hash);

/* The word's id. A new word gets the next one. */
int word_ids_get(struct word_ids *ids, uint32_t hash, const char *text, uint32_t length, uint32_t *ret);

/* Before COMMIT: writes the words that are new, and the index when it is time, which is sooner if
 * `is_crowded`: then memory is short, and what the index has need not be read back. */
int word_ids_store(struct word_ids *ids, bool is_crowded);
