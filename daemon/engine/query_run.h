/* Inside of a query: its state, what its steps ask of the store, and what its work on the store's reader
 * thread does. While a request is under way, all but `freed` belongs to the thread that runs it. */
#pragma once

#include "engine/query.h"
#include "engine/query_groups.h"
#include "engine/query_kept.h"
#include "engine/query_unique.h"
#include "engine/query_words.h"
#include "engine/running_totals.h"
#include "store/store.h"
#include "store/store_read.h"

enum query_stage {
    QUERY_TOTALS,  /* reads the totals row of a finished job */
    QUERY_RUNNING, /* waits for what is kept of a job */
    QUERY_WORDS,   /* reads the word list of each job of this turn */
    QUERY_JOIN,
    QUERY_UNIQUE, /* scans each job for equal content */
    QUERY_SCAN,   /* scans each job's pages into groups */
    QUERY_URLS,   /* reads some pages by seq: for the groups of pages, or of one URL */
    QUERY_GROUP,  /* sorts those pages into groups */
    QUERY_RANK,   /* ranks some groups */
    QUERY_GIVE,
    QUERY_WAIT, /* until query_next() */
    QUERY_ENDED,
};

struct query {
    struct store *store;
    struct query_options options;
    query_part part;
    void *userdata;

    union {
        struct store_request request;
        struct store_read_jobs read_jobs;
        struct store_read_totals read_totals;
        struct store_read_words read_words;
        struct store_read_urls read_urls;
        struct store_scan_pages scan;
    };
    int error;      /* to be told with the next reply */
    bool under_way; /* the request belongs to the store */
    bool freed;     /* and the query goes when it comes back */
    bool giving;

    enum query_stage stage;
    size_t turn;   /* first of the jobs that are looked at together */
    size_t n_turn; /* how many these are: all, or one for PAGE and JOB */
    size_t job;    /* of the turn: which one is being read */
    /* While jobs are merged: up to which host each was read, NULL for none yet. */
    struct query_reach {
        char *host;
        bool end;
    } * reach;
    size_t max_shared;      /* pairs that one scan may add */
    size_t n_shared_before; /* pairs that were shared when this scan began; SIZE_MAX before its first page */
    struct query_words words;
    struct query_unique unique;
    struct query_groups groups;
    void *totals;
    size_t totals_size;
    struct running_loan running; /* until that is ranked */
    struct query_kept kept;      /* groups of it */
    struct store_url_row *rows;  /* of QUERY_URLS */
    size_t n_rows;
    uint64_t after; /* seq */
    bool rows_end;
    size_t ranked; /* of `rows`, or of the groups: how many were given or left out */

    struct query_group given[QUERY_MAX_GROUPS];
    size_t n_given;
};

/* ---- steps, on main ---- */

/* Starts over with the jobs from the turn-th on. */
void query_begin_turn(struct query *query, size_t turn);
/* What was given was used: chooses the next stage. Returns 0 or -ENOMEM. */
int query_go_on(struct query *query);
/* Nothing is left behind what is being given. */
bool query_is_end(const struct query *query);
/* Asks the store what the stage needs; nothing if that is nothing. */
void query_submit(struct query *query);
void query_came_back(struct store_request *request, void *receiver);
/* Takes what a request brought, and chooses the next stage. Returns 0, or negative errno: the query has
 * failed. */
int query_take_reply(struct query *query);

/* ---- Work on the reader thread: each returns 0 or negative errno ---- */

/* The work of the present stage, for `userdata`, a query. */
int query_run_work(void *userdata);
int query_join(struct query *query);
int query_note_content(void *query, const struct store_page_row *row);
int query_add_page(void *query, const struct store_page_row *row);
int query_add_rows(struct query *query);
int query_rank(struct query *query);
/* ---- merging jobs ---- */

bool query_is_merging(const struct query *query);
void query_reach_reset(struct query *query);
/* Chooses the job that is behind; false if all were read. */
bool query_reach_pick(struct query *query);
/* The scan of the job came back. Returns 0 or -ENOMEM. */
int query_reach_note(struct query *query, bool end);
/* Before a page of this host is added, on the reader thread: 0, QUERY_PART_IS_FULL, or negative errno. */
int query_reach_check(struct query *query, const char *host);

/* What query_add_page() ends a scan with once the rest is left for a later part. */
#define QUERY_PART_IS_FULL (-EXFULL)

/* Frees the rankings that were given. */
void query_forget_given(struct query *query);
