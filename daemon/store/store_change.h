/* Requests that say what happens to URLs and to jobs. See store.h. */
#pragma once

#include "store/store.h"

/* With `reuse` the page's counts and whatever was noted of it (host, final URL, type, title and so on) are
 * copied within the transaction; the outcome itself then says only how and when: its HTTP status and times,
 * if it asked a server (FRESH did not: it has those of the page), and validators that replace the page's. If
 * the page is not there any more, or was counted by another engine, nothing is written: `reuse_lost`. */
struct store_outcome {
    struct store_request request;
    uint64_t job;
    uint64_t seq;
    uint32_t attempt; /* in: the one that ended. See `accepted` */
    bool into_open;   /* of a list that is not committed yet, appended before: it comes with its outcomes */
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
    uint64_t counted_from_usec; /* when its words came, if not then; else 0 */
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

/* The job's deadline is over: whatever has no outcome ends as OUTCOME_EXPIRED, by the job's row, and the job
 * is DONE. -EINVAL if it is done or cancelled, or a retry has lifted the deadline. */
struct store_end_rest {
    struct store_request request;
    uint64_t job;
    uint64_t usec;
    const char *detail;
    uint64_t n; /* out: so many ended */
};

/* What waits in the job under one scheme of the host, by the URL that is to be fetched there, ends as
 * `outcome`, by one row of the job and the host. Nothing of it is taken any more once this has begun. They
 * are counted over many transactions, which write nothing and leave other requests their turn; job and
 * readers see all of it at once, in the last one. If such a row is there already, nothing is changed:
 * `existed`, and URLs that came since end one by one. In a job that has ended meanwhile nothing waits: n is
 * 0. */
struct store_give_up {
    struct store_request request;
    uint64_t job;
    const char *host;
    bool https;
    enum outcome outcome;
    uint64_t usec;
    const char *detail;
    uint64_t n;                                /* in: 0. Out: so many ended */
    bool existed;                              /* out */
    uint64_t batch, offset, first_seq, others; /* the store's own; 0 */
};

/* Every URL has its outcome (-EINVAL if not): the job is DONE. One that is cancelled or done takes the totals
 * only. Totals of another number of pages than the job has are not its: -EINVAL, `refused`, and nothing is
 * changed. */
struct store_finish {
    struct store_request request;
    uint64_t job;
    bool totals_only; /* of a job that had ended: -EINVAL if a retry has taken it up again */
    bool refused;     /* out */
    uint64_t finished_usec;
    const void *totals; /* packed; NULL: none */
    size_t totals_size;
    uint64_t n_pages; /* that they tell of */
};

/* Ended URLs of these outcomes wait again as they were submitted, each as a new attempt; if there are any,
 * the job is RUNNING again and its totals row gone. What was counted is never among them. With n == 0: every
 * failed outcome, and what a cancel left without one. What an EndRest ended waits again only if the job does
 * not run. Many take more than one transaction, and an error
 * may leave some of them done. */
struct store_retry {
    struct store_request request;
    uint64_t job;
    const enum outcome *outcomes;
    size_t n_outcomes;
    uint64_t retried;                     /* out */
    uint64_t progress, progress_given_up; /* the store's own; 0 */
    struct {
        uint64_t retried, progress, progress_given_up;
    } committed; /* the store's own, likewise: as it was when the last transaction of this ended well */
};

/* Gone at once for every reader; its rows are deleted in small steps afterwards. */
struct store_remove {
    struct store_request request;
    uint64_t job;
};

/* Jobs that one request removes at most. */
#define STORE_REMOVE_JOBS 256

/* Removes a user's jobs that have ended by then, but for those that are kept for ever, in the order of their
 * numbers. */
struct store_remove_ended {
    struct store_request request;
    uid_t uid;
    const char *name;                 /* only of this one; NULL for all */
    uint64_t ended_usec;              /* by then */
    uint64_t after;                   /* only greater numbers */
    uint64_t jobs[STORE_REMOVE_JOBS]; /* out: removed */
    size_t n_jobs;                    /* out */
    uint64_t next_after;              /* out: goes on here; 0: there are no more */
};

/* Removes jobs whose time after their end is over, longest over first. */
struct store_expire {
    struct store_request request;
    uint64_t now_usec;
    uint64_t keep_usec; /* of jobs that were not told; UINT64_MAX: for ever */
    /* If the time of none is over: the next ones, up to STORE_EXPIRE_EARLY, unless something is being deleted
     * already. What is kept for ever is not among them. */
    bool for_room;
    uint64_t jobs[STORE_REMOVE_JOBS]; /* out: removed */
    size_t n_jobs;                    /* out */
    uint64_t next_usec;               /* out: when the time of another one is over; 0: of none */
};
#define STORE_EXPIRE_EARLY 8

/* Of a job in whatever state. */
struct store_set_priority {
    struct store_request request;
    uint64_t job;
    int32_t priority;
};
