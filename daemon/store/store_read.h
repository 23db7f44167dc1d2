/* Requests that read: jobs, their queues, URLs, words and pages. See store.h. */
#pragma once

#include "store/store_partial.h"

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
    uint64_t n_words; /* different ones, of its counted pages */
    uint64_t submitted_usec, finished_usec;
    int64_t max_age_usec;   /* STORE_NO_MAX_AGE: none */
    uint64_t deadline_usec; /* what has not ended by then ends as OUTCOME_EXPIRED; a retry takes it away */
    int64_t keep_usec;      /* see STORE_KEEP_DEFAULT */
    bool has_totals;
    bool imported; /* its pages came with what became of them: nothing was fetched for it */
};

enum store_select {
    SELECT_ALL,    /* every job, ascending from `after` */
    SELECT_ACTIVE, /* QUEUED RUNNING PAUSED */
    SELECT_NUMBER,
    SELECT_NAME,   /* `uid`'s latest of that name, or the `back`-th before it */
    SELECT_LATEST, /* `uid`'s latest */
    SELECT_KEY,    /* the one that `uid` submitted under the key `name` */
};

/* -ENOENT if SELECT_NUMBER, _NAME, _LATEST or _KEY finds none. */
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

/* What a user's jobs take. */
struct store_read_use {
    struct store_request request;
    uid_t uid;
    uint64_t jobs;  /* out */
    uint64_t bytes; /* out: about */
};

/* Hosts under which URLs of a job wait, in the order of their keys. */
struct store_host_row {
    const char *host;
    uint64_t n_urls; /* filed under it, ended ones of rows not yet trimmed included */
};
struct store_read_hosts {
    struct store_request request;
    uint64_t job;
    const char *after;           /* NULL from the start */
    size_t max_rows;             /* at most STORE_STEP_ROWS; 0: so many */
    struct store_host_row *rows; /* out, as above; fewer than max_rows means there are no more */
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
    size_t max_rows;                /* at most STORE_WINDOW_ROWS; 0: so many */
    struct store_waiting_row *rows; /* out, as above: of those that wait under this host */
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
    bool with_uncounted;        /* with `with_counts`: the other URLs too */
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
    const char *text; /* a NUL ends it, which does not count; NULL for an id that is not there */
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
    uint64_t counted; /* out: pages that the job has, at the same moment */
};

/* Engine ids that are told of at once: a job that ran over so many upgrades is a curiosity. */
#define STORE_MAX_ENGINES 8

/* Under which ids pages of these jobs were counted, each id once: those of the first job first, of one job by
 * their bytes. Jobs that are not there have none, as pages whose id is not known. */
struct store_read_engines {
    struct store_request request;
    const uint64_t *jobs; /* live until it comes back */
    size_t n_jobs;
    const char **rows; /* out, as above: at most STORE_MAX_ENGINES, the first ones */
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
struct store_page_key {
    const char *host; /* NULL: not known, its outcome has it */
    uint64_t seq;
};
struct store_scan_pages {
    struct store_request request;
    uint64_t job;                      /* 0: there is no page, and only `finish` runs */
    const struct store_page_key *keys; /* only these pages, in this order, passing over those that are not
                                          there; NULL for all, and then: */
    size_t n_keys;
    const char *host;              /* only this one; NULL for all */
    const char *after_host;        /* only hosts behind this one; NULL for all */
    struct store_partial *partial; /* what need not be read; with neither of the above; NULL: nothing */
    bool with_labels;
    int (*page)(void *userdata, const struct store_page_row *row);
    int (*finish)(
        void *userdata); /* once after the last page, on the reader thread; not after an error; NULL: none */
    void *userdata;
    /* Set by main to end the scan early: it comes back as -ECANCELED. */
    bool _Atomic cancelled;
};

/* A job's list as it was submitted, by seq, in steps, with what a page to be cited depends on. `url` runs on
 * the reader thread; it returns 0, or negative errno, which ends the scan and comes back as `r`. */
struct store_list_row {
    uint64_t seq;
    const char *url;  /* normalised */
    const char *host; /* that it ended on; without an outcome, as submitted */
    bool counted;
    /* of counted ones: */
    uint64_t counted_from_usec; /* when its words came from its server */
    uint8_t content_hash[STORE_HASH_SIZE];
    uint64_t tokens;
    const char *engine_id; /* NULL: not known */
};
struct store_scan_list {
    struct store_request request;
    uint64_t job;
    uint64_t after;    /* seq; 0: from the first one */
    uint64_t max_rows; /* 0: all */
    int (*url)(void *userdata, const struct store_list_row *row);
    int (*finish)(
        void *userdata); /* once after the last row, on the reader thread; not after an error; NULL: none */
    void *userdata;
    const char *settings; /* out, freed by store_rows_free(rows); see struct store_commit */
    void *rows;           /* out: the memory of `settings` */
    /* Set by main to end the scan early: it comes back as -ECANCELED. */
    bool _Atomic cancelled;
};
