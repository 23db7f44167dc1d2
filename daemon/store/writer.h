/* The thread that writes. It takes whatever waits and makes one transaction of it: every request of it
 * becomes durable by one COMMIT, or all of them come back with the error. In between it deletes, in small
 * steps, what was removed.
 *
 * A verb (write_...) runs inside the transaction. It returns 0; WRITE_MORE to be called again in the next
 * transaction; -ENOENT or -EINVAL if it refuses its request, having written nothing; any other error, which
 * rolls all back. */
#pragma once

#include "base/mailbox.h"
#include "store/jobs.h"
#include "store/known_keys.h"
#include "store/opening.h"
#include "store/store.h"
#include "store/store_change.h"
#include "store/store_host.h"
#include "store/store_list.h"
#include "store/store_partial.h"
#include "store/tuning.h"
#include "store/word_map.h"
#include <stdatomic.h>

#define WRITE_MORE 1

struct writer {
    struct sql *sql;
    struct opening *opening; /* the reserve is the writer's own */
    struct mailbox inbox;
    struct mailbox *replies;
    struct store_hooks hooks;
    pthread_t thread;
    /* the thread's own: */
    struct jobs jobs;
    struct word_maps maps;
    struct known_keys known_keys;
    struct store_pair *pairs; /* of the page being packed */
    size_t n_pairs;
    struct mail stop_mail;
    struct tuning tuning; /* main's, as it says */
    bool tune;            /* its mail has come */
    struct mail *waiting; /* taken, not yet begun */
    struct mail *going;   /* came back with WRITE_MORE */
    bool stop;
    bool sweep; /* something is, or may be, left to delete */
    bool sweep_failed;
    int log_pages;     /* in the write-ahead log */
    int restart_pages; /* from where on it is made to start anew */
    bool is_tight;     /* the disk has little room: steps of deleting are short */
    uint64_t grown;    /* bytes that the file grows by when the log is folded */
    uint64_t pages;    /* of the file with its log, as writer_note_size() saw it */
    uint64_t dropped;  /* bytes of jobs that this transaction removes, about */
    unsigned since_sweep;
    uint64_t gather_until_usec; /* outcomes that wait may go on gathering until then */
    /* for others to read: */
    atomic_bool frozen;      /* `sql` is of nothing: the file could not be opened for writing */
    atomic_int failure;      /* store_failure() */
    atomic_bool is_outdated; /* store_is_outdated() */
    atomic_uint_fast64_t busy_since_usec;
    atomic_uint_fast64_t transactions, requests, write_usec, commit_usec, used_bytes;
    atomic_uint_fast64_t leaving_bytes; /* store_leaving_bytes() */
    /* Guards what follows. */
    pthread_mutex_t batches_lock;
    struct histogram batch_requests, batch_seconds; /* of each transaction */
};

/* Takes `sql`, which is of nothing if there is a failure. `opening` outlives it. */
int writer_new(struct sql *sql, const struct store_settings *settings, struct opening *opening, int failure,
    struct writer **ret);
/* Finishes what was handed over, and stops the thread. */
void writer_free(struct writer *writer);
DEFINE_CLEANUP(struct writer *, writer_free)

/* Hands a request over. Thread: main. */
void writer_post(struct writer *writer, struct store_request *request);

/* Runs what waits, or as much of it as one transaction takes, and sends it back. */
void write_batch(struct writer *writer);
/* While something fails: answers what cannot be done now, and leaves the rest. */
void writer_hold_back(struct writer *writer);
/* The disk is full: takes the reserve for what makes room. False if there is none. */
bool writer_spend_reserve(struct writer *writer);
/* Whether one of them does. */
bool writer_makes_room(const struct mail *first);
/* Before the commit of these: a log that finds no room in the file could neither be folded nor begin anew,
 * and nothing could be deleted any more. 0 or -ENOSPC. */
int writer_check_room(struct writer *writer, const struct mail *first);
/* The connection is a new one: how long its log is, is to be known. */
void writer_watch_log(struct writer *writer);
/* Folds the log back into the file once it has so many pages, outside of any request's time. What fails here
 * is only put off: all is in the log. */
void writer_fold_log(struct writer *writer, int min_pages);
/* How many these are to be now: on a full disk the log has no more room than it has, and is to begin anew at
 * once. */
int writer_fold_pages(const struct writer *writer);
/* Folds all of the log, so that it begins anew with the room that it has; writer_cut_log() gives that back.
 */
void writer_restart_log(struct writer *writer);
void writer_cut_log(struct writer *writer);
/* Sends them back. Where r is 0, each with what it has. */
void writer_answer(struct writer *writer, struct mail *first, int r);
/* After an error inside a transaction. */
void writer_roll_back(struct writer *writer);

int write_begin(struct writer *writer, struct store_begin *begin);
int write_append(struct writer *writer, struct store_append *append);
int write_commit(struct writer *writer, struct store_commit *commit);
int write_abort(struct writer *writer, struct store_abort *abort);
int write_outcome(struct writer *writer, struct store_outcome *outcome);
int write_refile(struct writer *writer, struct store_refile *refile);
int write_trim(struct writer *writer, struct store_trim *trim);
int write_set_state(struct writer *writer, struct store_set_state *set_state);
int write_end_rest(struct writer *writer, struct store_end_rest *rest);
int write_give_up(struct writer *writer, struct store_give_up *give_up);
int write_put_partial(struct writer *writer, struct store_put_partial *put);
int write_finish(struct writer *writer, struct store_finish *finish);
int write_retry(struct writer *writer, struct store_retry *retry);
int write_remove(struct writer *writer, struct store_remove *remove);
int write_remove_ended(struct writer *writer, struct store_remove_ended *remove);
int write_expire(struct writer *writer, struct store_expire *expire);
int write_set_priority(struct writer *writer, struct store_set_priority *set);
int write_put_host(struct writer *writer, struct store_put_host *put);
int write_pause_host(struct writer *writer, struct store_pause_host *pause);

/* Room for `n` of writer->pairs. Returns 0 or -ENOMEM. */
int writer_reserve_pairs(struct writer *writer, size_t n);

/* Its rows are to be deleted. */
void writer_drop_job(struct writer *writer, struct job *job);
/* The job is gone for every reader; sweeping deletes it. */
int writer_remove_job(struct writer *writer, struct job *job);
/* Inside a transaction: notes what the database takes, for others to read. */
int writer_note_size(struct writer *writer);
/* The connection is a new one: what there is to sweep, is to be known. */
void writer_watch_leaving(struct writer *writer);

/* The job's row of store_put_partial, if there is one. */
int writer_drop_partial(struct writer *writer, const struct job *job);
/* -ENOENT unless readers see the job. */
int writer_get_job(struct writer *writer, uint64_t id, struct job **ret);

/* What the job's deadline ended, waits again: *ret URLs. 0 or negative errno. */
int job_revive_rest(struct writer *writer, struct job *job, uint64_t *ret);
/* Whether its host was given up with it, or is just being. 1, 0 or negative errno. */
int job_is_given_up(struct writer *writer, const struct job *job, uint64_t seq);

/* Before the store is used: forgets submissions that nobody committed, and seals without number. */
int sweep_open(struct sql *sql);
/* One small transaction of deleting. 1 if there may be more, 0 if nothing is left, negative errno. */
int sweep_step(struct writer *writer);
