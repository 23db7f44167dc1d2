/* The jobs that the writer works on, in memory: loaded once, changed there by a transaction's requests, and
 * written back once before its COMMIT. After a ROLLBACK all of it is forgotten. Thread: the writer. */
#pragma once

#include "base/outcome.h"
#include "store/filing.h"
#include "store/word_ids.h"

/* job.state: enum store_job_state, or what no reader sees: */
enum {
    JOB_STATE_OPEN = 100,    /* begun, not committed */
    JOB_STATE_REMOVED = 101, /* its rows are being deleted */
};

/* job.sweep: what the writer deletes when it has time. */
enum {
    SWEEP_NONE = 0,
    SWEEP_QUEUE = 1, /* queue rows below sweep_batch: all their URLs ended */
    SWEEP_ALL = 2,
};

struct tally {
    uint64_t n;
    uint64_t first_seq; /* 0: unknown, since the first one was taken back */
    bool changed;
};

struct job {
    uint64_t id;
    int state;
    int sweep;
    uint64_t sweep_batch;
    uint64_t finished_usec;
    uint64_t total; /* while open: appended so far */
    uint64_t counted, failed, skipped, cancelled;
    uint64_t tokens, body_bytes;
    uint64_t stored; /* bytes that its rows take, about */
    uint64_t filed;  /* while open: seqs up to this one are in the queue */
    uint64_t next_batch;
    uint64_t n_words; /* as of the last transaction, as n_indexed */
    uint64_t n_indexed;
    uint64_t base_attempt; /* of every URL; a refile row may raise it */
    uint64_t last_attempt; /* the greatest that any URL of the job has */
    bool has_totals;
    uint64_t rest_before; /* URLs of lower attempts ended with the job, by its row; 0: none */
    uint64_t rest;        /* so many */
    uint64_t n_given_up;  /* rows of it */
    char *engine_id;      /* of the page that came last; the store knows the job to have it; NULL: none yet */
    struct tally tallies[OUTCOME_MAX + 1];
    bool changed;
    struct word_ids *words; /* NULL if none is in memory */
    struct filing *refiled; /* NULL or what waits to be written as queue rows of `refile_batch` */
    uint64_t refile_batch;
    struct job *next; /* less recently used */
};

struct jobs {
    struct job *first;
    struct hash_key key;
    size_t max_words_bytes; /* of all that is in memory of the jobs' words */
};

void jobs_forget(struct jobs *jobs);

/* -ENOENT if there is no such job. Valid until the transaction ends. */
int jobs_get(struct jobs *jobs, struct sql *sql, uint64_t id, struct job **ret);

/* NULL if it is not in memory. */
const struct job *jobs_find(const struct jobs *jobs, uint64_t id);

/* Writes back what changed. */
int jobs_store(struct jobs *jobs, struct sql *sql);

/* Between transactions: forgets the least recently used ones, so that few are held and their words fit in
 * `max_words_bytes`. */
void jobs_trim(struct jobs *jobs);

bool job_takes_outcomes(const struct job *job); /* queued, running or paused */
uint64_t job_unended(const struct job *job);
int job_words(struct job *job, word_hash hash, struct sql *sql, struct word_ids **ret);
/* The job has a page that was counted under this id, which may be NULL: not known. */
int job_note_engine(struct job *job, struct sql *sql, const char *engine_id);
/* One more or one fewer URL of this outcome. */
void job_tally(struct job *job, enum outcome outcome, uint64_t seq);
/* first_seq: the lowest of them, 0 if it is not known. */
void job_tally_many(struct job *job, enum outcome outcome, uint64_t n, uint64_t first_seq);
void job_untally_many(struct job *job, enum outcome outcome, uint64_t n, uint64_t first_seq);
void job_untally(struct job *job, enum outcome outcome, uint64_t seq);
/* Puts the URL into the queue under `host`; all that a transaction files of a job gets one batch number,
 * which comes back. */
int job_file(
    struct job *job, const struct hash_key *key, const char *host, uint64_t seq, uint64_t *ret_batch);
