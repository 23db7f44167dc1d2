/* One URL, or one robots.txt, in flight. Made by main, handed over to a worker, which fills in the result and
 * hands it back; then main hands it to the store as an outcome. The result's place is made before it starts,
 * so that posting it cannot fail. */
#pragma once

#include "base/list.h"
#include "base/mailbox.h"
#include "engine/known.h"
#include "engine/table.h"
#include "fetch/fetcher.h"
#include "fetch/robots.h"
#include "store/store.h"
#include "store/store_change.h"
#include "words/words.h"
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct engine_settings;
struct worker;
struct origin;
struct flight;

struct task {
    struct mail mail;             /* to the worker, and back */
    struct mail cancel_mail;      /* main asks the worker to abort it, and gets it back */
    struct mail sent_mail;        /* to main, before the others: its request goes out */
    struct store_outcome outcome; /* how it goes to the store */
    struct store_refile refile;   /* or this, when it was redirected to another host */

    /* Main's. */
    struct job *job;   /* NULL for a robots.txt */
    struct lane *lane; /* that holds it; gone with a job that is closed, NULL for a robots.txt */
    struct host *host;
    struct list in_job;
    UT_hash_handle by_seq; /* in job.tasks_by_seq */
    struct list in_worker;
    struct list in_unanswered; /* in engine.unanswered */
    uint64_t paid_usec;        /* as of its start, see fetch/rate.h */
    struct worker *worker;
    struct engine_settings *settings; /* in flight: those of its request */
    uint64_t started_usec;            /* boottime */
    unsigned n_mails;                 /* mail and cancel_mail, as far as they are under way */
    bool cancel_posted;
    bool is_unsent;        /* the host waits for `sent_mail`, or for its end */
    bool returned;         /* by the worker */
    bool disposed;         /* freed with its last mail */
    bool has_crossed;      /* see struct waiting */
    bool is_refile;        /* `refile`, not `outcome`, goes to the store */
    struct origin *origin; /* of its URL; of a robots.txt the one that asked */
    struct host *visited;  /* another host that a robots.txt is fetched from; NULL: none */
    uint32_t hops;
    struct flight *flight; /* of its URL; NULL if none */
    struct list in_flight;
    struct known *known; /* owned: whose validators are sent, or whose counts it takes; NULL if none */
    char *refile_host;   /* owned, as refile_url */
    char *refile_url;

    /* Set by main before it is handed over. */
    uint64_t seq;
    uint32_t attempt;
    uint32_t tries; /* this one included */
    char *url;

    /* The worker's while it runs. */
    struct fetch_request request;
    struct body *body;
    bool done;
    _Atomic bool is_answered; /* the first byte has come; main reads it as well */
    uint64_t sent_usec;       /* boottime, set before sent_mail is posted */

    /* The result. Strings are owned; NULL if none. */
    struct fetch_result result; /* its own strings are not valid any more: those below are */
    char *location, *content_type, *charset, *charset_from, *title, *etag, *last_modified, *detail;
    uint64_t replaced;
    uint8_t content_hash[STORE_HASH_SIZE];
    struct words_counts *counts; /* of a counted page */
    struct robots *robots;       /* of a robots.txt with status 2xx */
};

/* NULL: out of memory. Takes `url`. */
struct task *task_new(enum fetch_kind kind, char *url);
/* The host that the page of its outcome is under; NULL: that of the page which is reused, and the store has
 * that. */
const char *task_page_host(const struct task *task);
/* Takes NULL. */
void task_free(struct task *task);
