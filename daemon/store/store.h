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
 * none yet, so each URL is counted once. Appended but not committed URLs are invisible, and swept at open.
 *
 * Times are CLOCK_REALTIME microseconds, 0 for none. Strings given in must live until the request comes back.
 */
#pragma once

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
    uint64_t tokens;
};
struct store_pair {
    uint32_t id;
    uint64_t tokens;
};

/* How the engine's page counts become rows. Called on the writer thread. */
struct store_hooks {
    struct store_word (*word)(const void *counts, size_t index);
    /* Packs pairs (which it may reorder) into malloc'ed bytes. 0 or -ENOMEM. */
    int (*pack)(struct store_pair *pairs, size_t n, void **ret_bytes, size_t *ret_size);
    /* Unpacks exactly `n` pairs. 0, or -EUCLEAN if it has not so many. */
    int (*unpack)(const void *bytes, size_t size, struct store_pair *pairs, size_t n);
};

struct store_settings {
    const char *directory; /* exists, ours */
    bool sync_full;        /* survives a power cut, not just a kill */
    uint64_t cache_bytes;  /* pages and word lists in memory */
    struct store_hooks hooks;
    struct mailbox *replies; /* where requests come back; outlives the store */
};

struct store;

/* Opens or creates, migrates, sweeps, starts both threads. -EBUSY if another process has it; -EPROTONOSUPPORT
 * if the schema is newer than ours (nothing was touched). */
int store_open(const struct store_settings *settings, struct store **ret);
/* Finishes every request that was handed over, then stops. Their mail is in the mailbox then. */
void store_close(struct store *store);

/* Seconds-free liveness for the watchdog: both counters move while their thread works or is idle and healthy.
 * `busy_since_usec` is CLOCK_BOOTTIME of the step that is running, 0 when idle. Thread: any. */
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
    uint64_t free_bytes; /* of the file system */
};
void store_get_stats(struct store *store, struct store_stats *ret);

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
    STORE_FINISH,
    STORE_RETRY,
    STORE_REMOVE,
    STORE_PUT_HOST,
    STORE_PAUSE_HOST,
    /* reads */
    STORE_READ_JOBS,
    STORE_READ_HOSTS,
    STORE_READ_WINDOW,
    STORE_READ_KNOWN,
    STORE_READ_URLS,
    STORE_READ_OUTCOMES,
    STORE_READ_WORDS,
    STORE_READ_TOTALS,
    STORE_SCAN_PAGES,
    STORE_READ_HOST_STATES,
    STORE_READ_PAUSED,
};

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

/* ---- submitting: Begin, Append..., then Commit or Abort ---- */

struct store_begin {
    struct store_request request;
    uint64_t job; /* out: its number, never used before or again */
};

struct store_new_url {
    const char *url;       /* normalised */
    const char *submitted; /* as typed; NULL if the same */
    const char *host;      /* the politeness key */
    const char *label;     /* NULL if none */
    uint32_t source;       /* index into the Commit's sources */
    uint32_t line;         /* 1-based; 0 if none */
};

/* -EINVAL if first_seq is not the next one: an append before this one failed. */
struct store_append {
    struct store_request request;
    uint64_t job;
    uint64_t first_seq; /* the URLs' seqs are first_seq, first_seq + 1 ...; they begin at 1 */
    struct store_new_url *urls;
    size_t n_urls;
};

#define STORE_NO_MAX_AGE (-1)

/* -EINVAL unless `total` URLs were appended. */
struct store_commit {
    struct store_request request;
    uint64_t job; /* in: of Begin. Out: the job; another one if `key` already named that one of this uid */
    bool existed; /* out: that was so; what was appended is dropped */
    const char *name; /* NULL if none */
    const char *user;
    uid_t uid;
    int32_t priority;
    int64_t max_age_usec;   /* STORE_NO_MAX_AGE: none */
    uint64_t deadline_usec; /* what has not ended by then ends as OUTCOME_EXPIRED; a retry takes it away */
    const char *key;        /* NULL if none */
    const char *const *sources;
    size_t n_sources;
    uint64_t total;
    uint64_t duplicates;
    uint64_t submitted_usec;
    uint64_t begun; /* the store's own */
};

struct store_abort {
    struct store_request request;
    uint64_t job;
};

/* ---- what happens to URLs ---- */

#define STORE_HASH_SIZE 16

/* A counted page of another job, whose counts are to be this URL's too. */
struct store_reuse {
    uint64_t job; /* 0: none */
    uint64_t seq;
};

/* With `reuse` the page's counts and whatever was noted of it (host, final URL, type, title and so on) are
 * copied within the transaction; the outcome itself then says only how and when: its HTTP status and times,
 * if it asked a server (FRESH did not: it has those of the page), and validators that replace the page's. If
 * the page is not there any more, or was counted by another engine, nothing is written: `reuse_lost`. */
struct store_outcome {
    struct store_request request;
    uint64_t job;
    uint64_t seq;
    uint32_t attempt; /* in: the one that ended. See `accepted` */
    bool accepted;    /* out: false if it was not current; nothing was written then */
    enum outcome outcome;
    struct store_reuse reuse;
    bool reuse_lost;       /* out */
    const char *host;      /* the host it is queued under now */
    const char *url;       /* the one that was answered; NULL if none was */
    const char *final_url; /* likewise, but NULL if it is the submitted one */
    const char *content_type, *charset, *charset_from, *title, *etag, *last_modified,
        *detail;                           /* NULL if none */
    const char *engine_id;                 /* of the counts; NULL if none */
    uint8_t content_hash[STORE_HASH_SIZE]; /* of a counted body */
    int http_status;
    uint32_t tries; /* requests made for it */
    uint64_t fetched_usec;
    uint64_t duration_usec;
    uint64_t body_bytes, wire_bytes, replaced, tokens;
    size_t n_words;     /* distinct */
    const void *counts; /* for hooks.word; NULL unless counted */
};

/* A redirect or retry on another host: the URL now waits under `host`, as the same attempt. Taken only if
 * (job, seq, attempt) is current. */
struct store_refile {
    struct store_request request;
    uint64_t job;
    uint64_t seq;
    uint32_t attempt;
    bool accepted;    /* out */
    const char *host; /* new */
    const char *url;  /* what to fetch there */
    uint32_t hops;    /* redirects followed so far */
    uint32_t tries;
};

/* Every URL of this queue row has ended or moved. The store looks for itself, and drops those of the host's
 * first rows, up to `batch`, of which that is true. (It also does so by itself as windows go on.) */
struct store_trim {
    struct store_request request;
    uint64_t job;
    const char *host;
    uint64_t batch;
};

/* -EINVAL if the job is done or cancelled (and not already in that state): only a retry takes it up again. */
struct store_set_state {
    struct store_request request;
    uint64_t job;
    enum store_job_state state; /* QUEUED RUNNING PAUSED CANCELLED. A cancelled job's URLs without outcome
                                   read as OUTCOME_CANCELLED */
    uint64_t finished_usec;     /* of CANCELLED; else 0 */
};

/* Every URL has its outcome (-EINVAL if not): the job is DONE. One that is cancelled or done takes the totals
 * only. */
struct store_finish {
    struct store_request request;
    uint64_t job;
    uint64_t finished_usec;
    const void *totals; /* packed; NULL: none */
    size_t totals_size;
};

/* Ended URLs of these outcomes wait again as they were submitted, each as a new attempt; if there are any,
 * the job is RUNNING again and its totals row gone. What was counted is never among them. With n == 0: every
 * failed outcome, and what a cancel left without one. Many take more than one transaction, and an error may
 * leave some of them done. */
struct store_retry {
    struct store_request request;
    uint64_t job;
    const enum outcome *outcomes;
    size_t n_outcomes;
    uint64_t retried;  /* out */
    uint64_t progress; /* the store's own; 0 */
};

/* Gone at once for every reader; its rows are deleted in small steps afterwards. */
struct store_remove {
    struct store_request request;
    uint64_t job;
};

/* ---- what politeness may not forget ---- */

/* One scheme of a host. */
struct store_origin_state {
    uint64_t until_usec; /* nothing starts before */
    uint32_t failures;   /* in a row */
    uint32_t parkings;
};

/* How a host fares, by its politeness key. All zeros says nothing. */
struct store_host_state {
    const char *host;
    uint64_t hold_until_usec;             /* after 429 and 503 */
    uint32_t holds;                       /* 429 and 503 in a row */
    uint64_t delay_usec;                  /* between two starts, at least as long as it ever was */
    struct store_origin_state origins[2]; /* http, https */
};

/* Takes the place of what was known of the host. */
struct store_put_host {
    struct store_request request;
    struct store_host_state state;
};

/* Hosts of this pattern start nothing from then on, or may again. What is so already stays so. */
struct store_pause_host {
    struct store_request request;
    const char *pattern;
    bool paused;
};

/* When the store was last closed in good order, realtime; 0 if it was not, or a clock was wrong. A new store
 * says "long ago". */
uint64_t store_stopped_usec(const struct store *store);

/* ---- reading ---- */

struct store_job_row {
    uint64_t job;
    const char *name; /* NULL if none */
    const char *user;
    uid_t uid;
    int32_t priority;
    enum store_job_state state;
    uint64_t total, duplicates;
    uint64_t counted, failed, skipped,
        cancelled; /* `cancelled` counts what a cancel left without outcome too */
    uint64_t tokens, body_bytes;
    uint64_t submitted_usec, finished_usec;
    int64_t max_age_usec;   /* STORE_NO_MAX_AGE: none */
    uint64_t deadline_usec; /* what has not ended by then ends as OUTCOME_EXPIRED; a retry takes it away */
    bool has_totals;
};

enum store_select {
    SELECT_ALL,    /* every job, ascending from `after` */
    SELECT_ACTIVE, /* QUEUED RUNNING PAUSED */
    SELECT_NUMBER,
    SELECT_NAME,   /* `uid`'s latest of that name, or the `back`-th before it */
    SELECT_LATEST, /* `uid`'s latest */
};

/* -ENOENT if SELECT_NUMBER, _NAME or _LATEST finds none. */
struct store_read_jobs {
    struct store_request request;
    enum store_select select;
    uint64_t number;
    const char *name;
    uint32_t back;
    uid_t uid;
    uint64_t after;             /* SELECT_ALL, SELECT_ACTIVE: jobs of a greater number */
    struct store_job_row *rows; /* out: in one arena with their strings, freed by store_rows_free(rows) */
    size_t n_rows;              /* out: at most STORE_STEP_ROWS; fewer means there are no more */
};

void store_rows_free(void *rows);

/* Hosts under which URLs of a job wait, in the order of their keys. */
struct store_host_row {
    const char *host;
    uint64_t n_urls; /* filed under it, ended ones of rows not yet trimmed included */
};
struct store_read_hosts {
    struct store_request request;
    uint64_t job;
    const char *after;           /* NULL from the start */
    struct store_host_row *rows; /* out, as above */
    size_t n_rows;
};

/* A page that was counted for the exact URL, and what it may be asked for with. Strings NULL if none. */
struct store_known {
    struct store_reuse page; /* job 0: none is known */
    bool is_redirected;      /* the URL itself only led to it: the validators are another URL's */
    const char *etag, *last_modified;
    uint64_t fetched_usec; /* when its server was asked last */
};

/* Whose pages may be reused. */
struct store_reuse_rule {
    const char *engine_id;
    uid_t uid;       /* of their jobs' owner ... */
    bool any_owner;  /* ... or whoever's */
    bool redirected; /* also those that the URL redirected to */
};

/* How many pages of one URL are looked at, newest job first, for those that the rule lets through. */
#define STORE_MAX_CANDIDATES 256

/* Of the pages of a URL that may be reused, the one whose server was asked last. */
struct store_read_known {
    struct store_request request;
    const char *url;
    struct store_reuse_rule rule;
    struct store_known *rows; /* out: one, as with the other reads */
    size_t n_rows;
};

/* The next URLs of a host that wait. */
struct store_position {
    uint64_t batch;  /* queue rows are read in ascending order */
    uint64_t offset; /* within the row */
};
struct store_waiting_row {
    uint64_t seq;
    uint32_t attempt;
    uint32_t hops;
    uint32_t tries;
    const char *url;
    struct store_known known; /* as of store_read_known, if asked for */
};
#define STORE_WINDOW_ROWS 64
struct store_read_window {
    struct store_request request;
    uint64_t job;
    const char *host;
    const char *scheme; /* only URLs of "http" or "https"; NULL for all */
    bool with_known;    /* by `rule` */
    struct store_reuse_rule rule;
    struct store_position position; /* in: zero at first, then as it came back */
    struct store_waiting_row *rows; /* out, as above: at most STORE_WINDOW_ROWS that wait under this host */
    size_t n_rows;
    bool end; /* out: no more behind these */
};

struct store_url_row {
    uint64_t job;
    uint64_t seq;
    enum url_state state; /* QUEUED for what runs, too: only the engine knows */
    enum outcome outcome;
    const char *source, *label, *submitted, *url, *host; /* label NULL if none */
    uint32_t line;
    /* of the outcome; NULL and 0 without one */
    const char *final_url, *content_type, *charset, *charset_from, *title, *etag, *last_modified, *detail,
        *engine_id;
    bool has_hash;
    uint8_t content_hash[STORE_HASH_SIZE];
    int http_status;
    uint32_t tries;
    uint64_t fetched_usec;      /* when its server was asked last */
    uint64_t counted_from_usec; /* when its words came from there */
    uint64_t duration_usec, body_bytes, wire_bytes, replaced, tokens, distinct;
    const void *counts; /* packed, if asked for and counted */
    size_t counts_size;
};
struct store_read_urls {
    struct store_request request;
    uint64_t job;
    uint64_t after;             /* seq */
    bool with_counts;           /* only counted pages, with their packed counts */
    int state;                  /* enum url_state, -1 for all; QUEUED and ACTIVE are the same here */
    enum outcome outcome;       /* OUTCOME_NONE for all */
    const char *host;           /* NULL for all */
    const char *url;            /* normalised: submitted or final; NULL for all */
    struct store_url_row *rows; /* out, as above */
    size_t n_rows;
    uint64_t next_after; /* out: goes on here */
    bool end;            /* out */
};

/* How many of a job's URLs ended how, with an example each. */
struct store_outcome_row {
    enum outcome outcome;
    uint64_t n;
    const char *example_url, *example_detail; /* of the lowest seq */
};
struct store_read_outcomes {
    struct store_request request;
    uint64_t job;
    struct store_outcome_row *rows; /* out, as above */
    size_t n_rows;
};

/* The word list of a job from `first_id` on: rows[i] is the word of id first_id + i. It has every word of
 * every page that a read which came back before this one was handed over has shown. */
struct store_words_row {
    const char *text; /* not terminated; NULL for an id that is not there */
    uint32_t length;
};
struct store_read_words {
    struct store_request request;
    uint64_t job;
    uint32_t first_id;            /* 0 for all */
    struct store_words_row *rows; /* out, as above; read in steps, returned whole */
    size_t n_rows;
};

struct store_read_totals {
    struct store_request request;
    uint64_t job;
    void *bytes; /* out: malloc'ed; NULL if there are none */
    size_t size;
};

/* What STORE_PUT_HOST kept, in the order of the keys. */
struct store_read_host_states {
    struct store_request request;
    const char *after;             /* NULL from the start */
    struct store_host_state *rows; /* out, as above */
    size_t n_rows;
};

/* Patterns that are paused, in their order. */
struct store_read_paused {
    struct store_request request;
    const char *after;     /* NULL from the start */
    const char **patterns; /* out: as rows above */
    size_t n_rows;
};

/* Every counted page of a job, ordered by (host, seq), in steps. `page` runs on the reader thread; it returns
 * 0, or negative errno, which ends the scan and comes back as `r`. */
struct store_page_row {
    uint64_t seq;
    const char *host;
    const char *label; /* if `with_labels`; else NULL */
    uint8_t content_hash[STORE_HASH_SIZE];
    uint64_t tokens;
    const void *counts;
    size_t counts_size;
};
struct store_scan_pages {
    struct store_request request;
    uint64_t job;
    const char *host;       /* only this one; NULL for all */
    const char *after_host; /* only hosts behind this one; NULL for all */
    bool with_labels;
    int (*page)(void *userdata, const struct store_page_row *row);
    int (*finish)(
        void *userdata); /* once after the last page, on the reader thread; not after an error; NULL: none */
    void *userdata;
    /* Set by main to end the scan early: it comes back as -ECANCELED. */
    bool _Atomic cancelled;
};
