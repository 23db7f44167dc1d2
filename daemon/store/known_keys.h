/* Where pages are found by their URL: (key, asked, job, seq) for each, in key order. `key` is store_url_key()
 * of the URL that gave the page; where `asked`, of the submitted one, which led there. Keys come in no order,
 * and each that went into a large tree by itself would have a page of its own written twice. So there are
 * three trees, an entry is in one of them, and readers merge them:
 *
 *   known_new  takes them; small, so that the keys of a transaction share its pages. When it is full, all of
 * it goes to known_mid  which gives the next stretch of keys, in their order and in turn, to known      which
 * has all the others.
 *
 * Entries move within the transaction that made them too many, so that nothing is to be found out after a
 * crash. Rows of outcomes keep their keys, by which a removed job's entries are deleted. Thread: the writer.
 */
#pragma once

#include "store/sql.h"

struct known_key {
    uint64_t key;
    bool asked;
    uint64_t job, seq;
};

struct known_keys {
    uint64_t max_new, max_mid;
    uint64_t stretch; /* entries that move at once from known_mid */
    /* what is in the trees, or more, once it was counted: */
    bool counted;
    uint64_t n_new, n_mid;
    struct known_key moved; /* of known_mid: the last one that moved on */
};

void known_keys_init(struct known_keys *keys);

/* All of these inside a transaction; 0 or negative errno. */
int known_keys_add(struct known_keys *keys, struct sql *sql, const struct known_key *key);
/* At its end: moves what is too much. A step of at most about max_new entries, and as many again. */
int known_keys_settle(struct known_keys *keys, struct sql *sql);
/* Deletes what the job's outcomes of the lowest seqs have, as many as SQL_SWEEP_OUTCOME then deletes. */
int known_keys_sweep(struct known_keys *keys, struct sql *sql, uint64_t job);

/* After a rollback. */
void known_keys_forget(struct known_keys *keys);
