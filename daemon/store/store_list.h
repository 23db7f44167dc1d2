/* Requests that bring lists in: Begin, Append as often as needed, then Commit or Abort. See store.h. */
#pragma once

#include "store/store.h"

struct store_begin {
    struct store_request request;
    bool with_use;       /* `user_bytes` is wanted, which takes a look at each of the user's jobs */
    uid_t uid;           /* of the user */
    uint64_t job;        /* out: its number, never used before or again */
    uint64_t user_bytes; /* out: what the user's jobs take, about */
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
    uint64_t job_bytes; /* out: what the list takes by now, about */
};

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
    int64_t keep_usec;      /* see STORE_KEEP_DEFAULT */
    const char *key;        /* NULL if none */
    const char *settings;   /* what its counts depend on, "Name=value" lines; NULL: not known */
    bool imported;          /* its URLs came with what became of them */
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
