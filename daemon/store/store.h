/* Jobs, their URLs, outcomes and counts, durable: typed rows in and out. No SQL or SQLite type leaves this
 * folder.
 *
 * Two threads of its own: the writer runs store_write requests, as many as wait in one transaction (a group
 * commit), the reader runs store_read requests in steps of at most STORE_STEP_ROWS rows a read transaction,
 * taking turns between requests. A request is handed over by store_submit() and comes back, as mail, with `r`
 * set: 0, or negative errno. -ENOENT (no such job) and -EINVAL (see the request) are the request's own, and
 * it has done nothing then. The others are the machine's: -ENOSPC disk full, -EIO, -ENOMEM, -EUCLEAN damaged,
 * -EBUSY locked by a stranger. All writes of one transaction become durable together or fail together with
 * the machine's error, before any of them comes back; what failed may be handed over again as it is. Out
 * members are valid only if `r` is 0.
 *
 * Promises (what a crash may cost): a Commit that came back 0 is on disk with all its URLs; an outcome and
 * its page's counts are one transaction; an outcome is taken only if (job, seq, attempt) is current and has
 * none yet, so each URL is counted once. What ends many URLs at once (a cancel, an EndRest, a GiveUp) is one
 * row of the job, or of the job and a host: the job's counters change in that transaction, and readers see
 * the URLs' outcomes from it on. Appended but not committed URLs are invisible, and swept at open.
 *
 * The kinds of request have a header each: store_list.h, store_prints.h, store_change.h, store_host.h,
 * store_read.h, store_partial.h, store_copy.h, store_heal.h.
 *
 * Times are CLOCK_REALTIME microseconds, 0 for none. Strings given in must live until the request comes back.
 */
#pragma once

#include "base/histogram.h"
#include "base/mailbox.h"
#include "base/outcome.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define STORE_STEP_ROWS 1000
/* partition = store_partition(host): FNV-1a, 64 bits, of the host key's bytes, mod STORE_PARTITIONS. Fixed
 * for ever. */
#define STORE_PARTITIONS 4096
uint32_t store_partition(const char *host);
/* By which a counted page is found: FNV-1a, 64 bits, of its URL's bytes, without the sign. */
uint64_t store_url_key(const char *url);

/* One word of a page, as the hook gives it. */
struct store_word {
    const char *text; /* UTF-8, not terminated */
    uint32_t length;
    uint32_t hash; /* the hook's */
    uint64_t tokens;
};
struct store_pair {
    uint32_t id;
    uint64_t tokens;
};

/* How the engine's page counts become rows. Called on the writer thread. */
struct store_hooks {
    struct store_word (*word)(const void *counts, size_t index);
    /* A word's hash in this process, keyed: no page can choose words that collide. */
    uint32_t (*hash)(const char *text, uint32_t length);
    /* Packs pairs (which it may reorder) into malloc'ed bytes. 0 or -ENOMEM. */
    int (*pack)(struct store_pair *pairs, size_t n, void **ret_bytes, size_t *ret_size);
    /* Unpacks exactly `n` pairs. 0, or -EUCLEAN if it has not so many. */
    int (*unpack)(const void *bytes, size_t size, struct store_pair *pairs, size_t n);
};

struct store_settings {
    const char *directory; /* exists, ours */
    bool sync_full;        /* survives a power cut, not just a kill */
    uint64_t cache_bytes;  /* pages and word lists in memory */
    /* Kept free in a file, for what makes room on a full disk: removals, cancels and their like. */
    uint64_t reserve_bytes;
    struct store_hooks hooks;
    struct mailbox *replies; /* where requests come back; outlives the store */
    /* While an older file is migrated, which may take long: called when that begins and about once a second,
     * on the thread that opens. NULL: nobody wants to know. */
    void (*migrating)(void *userdata);
    void *userdata; /* of migrating() */
    bool is_again;  /* this process had it open before: what an older version was is kept until the next one's
                       start */
};

struct store;

/* Opens or creates, migrates, sweeps, starts both threads. A damaged file is set aside first, see
 * store_damaged_file(). -EMEDIUMTYPE if it is somebody else's database. -EBUSY if another process has it;
 * -EPROTONOSUPPORT if the schema is newer than ours (nothing was touched). A file that is there and cannot be
 * written is opened all the same, to be read: store_failure(). On a full or read-only disk it also opens
 * where nothing can be shown: without a file, or with one that is damaged, it shows no jobs; with one that
 * would have to be migrated, every read comes back with -ESTALE. */
int store_open(const struct store_settings *settings, struct store **ret);
/* 0, or why nothing is written since the store was opened, or since its disk was full. Of a file that could
 * not be opened for writing only reading works; on a full disk what makes room works, too, as far as the
 * reserve goes. Every other write comes back with this error. See store_heal.h. Thread: any. */
int store_failure(const struct store *store);
/* Whether it is worth trying to heal that, as far as the file system says. */
bool store_may_heal(const struct store *store);
/* SQLite reported damage of the file in use. It is set aside as soon as the store is closed; the next one
 * begins empty. A file that cannot be written stays as long: what is whole of it is read. Thread: any. */
bool store_is_damaged(const struct store *store);
/* It has met damage that it cannot set aside yet, as the file cannot be written. Thread: any. */
bool store_is_stuck_damaged(const struct store *store);
/* The file is of an earlier version and waits to be migrated, which takes room for a copy of it and more. All
 * reading comes back with -ESTALE; and with -EUCLEAN, if nothing can be read of a damaged one. Thread: any.
 */
bool store_is_older(const struct store *store);
/* The file can be written by now, and is not what this store shows: it is to be closed and opened anew.
 * Thread: any. */
bool store_is_outdated(const struct store *store);
/* Valid as long as the store. Thread: any. */
const char *store_file(const struct store *store);
/* The file that was set aside last and still lies in the directory: "damaged" until somebody takes it away.
 * NULL if there is none. Valid until the next call. Thread: main. */
const char *store_damaged_file(struct store *store);
/* When the store was last closed in good order, realtime; 0 if it was not, or a clock was wrong. A new store
 * says "long ago". */
uint64_t store_stopped_usec(const struct store *store);
/* Finishes every request that was handed over, then stops. Their mail is in the mailbox then. */
void store_close(struct store *store);

/* Other settings than those of store_open(), from the next transactions on. Thread: main. */
void store_tune(struct store *store, bool sync_full, uint64_t cache_bytes);
/* Memory is short: gives back what is cached, as soon as the threads come to it. Thread: main. */
void store_drop_caches(struct store *store);

/* Seconds-free liveness for the watchdog: both counters move while their thread works or is idle and healthy.
 * `busy_since_usec` is CLOCK_BOOTTIME of the step that is running, or since when a thread that slept has been
 * waited for; 0 when idle. Thread: any. */
struct store_pulse {
    uint64_t writer_busy_since_usec;
    uint64_t reader_busy_since_usec;
};
void store_get_pulse(struct store *store, struct store_pulse *ret);

struct store_stats {
    uint64_t transactions;
    uint64_t write_requests;
    uint64_t write_usec;  /* writer's time inside transactions, commits included */
    uint64_t commit_usec; /* of that, inside COMMIT */
    uint64_t database_bytes;
    uint64_t wal_bytes;
    uint64_t used_bytes;             /* of the database, without what was given back and not yet cut off */
    uint64_t free_bytes;             /* of the file system */
    uint64_t pages_read;             /* shown by store_scan_pages */
    struct histogram batch_requests; /* of each transaction */
    struct histogram batch_seconds;
};
void store_get_stats(struct store *store, struct store_stats *ret);
/* Of these, without asking the kernel for anything. */
uint64_t store_used_bytes(const struct store *store);
/* Of used_bytes what was removed, or of a list that was given up, and is just being given back; about. */
uint64_t store_leaving_bytes(const struct store *store);

enum store_job_state {
    JOB_QUEUED = 0, /* nothing started yet */
    JOB_RUNNING = 1,
    JOB_PAUSED = 2,
    JOB_DONE = 3,
    JOB_CANCELLED = 4,
};
#define N_JOB_STATES 5
const char *store_job_state_to_string(enum store_job_state state); /* "queued" ... */
int store_job_state_from_string(const char *name, enum store_job_state *ret);

/* ---- requests ---- */

enum store_kind {
    /* writes */
    STORE_BEGIN,
    STORE_APPEND,
    STORE_COMMIT,
    STORE_ABORT,
    STORE_OUTCOME,
    STORE_REFILE,
    STORE_TRIM,
    STORE_SET_STATE,
    STORE_END_REST,
    STORE_GIVE_UP,
    STORE_FINISH,
    STORE_PUT_PARTIAL,
    STORE_RETRY,
    STORE_REMOVE,
    STORE_REMOVE_ENDED,
    STORE_EXPIRE,
    STORE_SET_PRIORITY,
    STORE_PUT_HOST,
    STORE_PAUSE_HOST,
    STORE_REOPEN,
    /* reads */
    STORE_READ_JOBS,
    STORE_READ_HOSTS,
    STORE_READ_WINDOW,
    STORE_READ_KNOWN,
    STORE_READ_URLS,
    STORE_READ_OUTCOMES,
    STORE_READ_WORDS,
    STORE_READ_TOTALS,
    STORE_READ_ENGINES,
    STORE_SCAN_PAGES,
    STORE_SCAN_LIST,
    STORE_READ_HOST_STATES,
    STORE_READ_PAUSED,
    STORE_READ_USE,
    STORE_MAKE_COPY,
    STORE_READ_PIECE,
    STORE_KEEP_PRINTS,
    STORE_FIND_PRINTS,
    STORE_FORGET_PRINTS,
    STORE_RENEW,
};
#define N_STORE_KINDS (STORE_RENEW + 1)

/* First member of every request. */
struct store_request {
    struct mail mail;
    enum store_kind kind;
    int r;
    /* On the receiving thread, which owns the request from then on. */
    void (*done)(struct store_request *request, void *receiver);
};

/* Hands the request over. Thread: main. */
void store_submit(struct store *store, struct store_request *request);

/* ---- what several kinds share ---- */

/* What a read came back with: its `rows`, with their strings. */
void store_rows_free(void *rows);

#define STORE_NO_MAX_AGE (-1)

/* How long a job stays after its end, in microseconds, or: */
#define STORE_KEEP_DEFAULT 0 /* as configured */
#define STORE_KEEP_ALWAYS INT64_MAX
#define STORE_HASH_SIZE 16

/* A counted page of another job, whose counts are to be this URL's too. */
struct store_reuse {
    uint64_t job; /* 0: none */
    uint64_t seq;
};
