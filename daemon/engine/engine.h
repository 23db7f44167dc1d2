/* Jobs, hosts and workers: the state machine that decides about every URL. It hands URLs whose host is due to
 * the workers, gets their results back, decides whether each is final (retry, redirect, cancel), and writes
 * outcomes to the store. What is not in flight or due is on disk only. No JSON, no SQL, no sockets. Thread:
 * main.
 *
 * Callbacks run on main, never from within the call that took them. */
#pragma once

#include "base/mailbox.h"
#include "base/outcome.h"
#include "engine/settings.h"
#include "store/store.h"
#include "words/words.h"
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

struct engine;

/* How page counts become rows, for store_open(). */
struct store_hooks engine_store_hooks(void);

/* `inbox` is where the store's replies and the workers' results arrive; the caller polls its descriptor and
 * calls mailbox_deliver(inbox, engine). Starts the workers. `settings` is the engine's from then on, also
 * after an error. Returns 0 or negative errno. */
int engine_new(
    struct engine_settings *settings, struct store *store, struct mailbox *inbox, struct engine **ret);

/* The end, in this order: engine_stop(), then the caller closes the store, then engine_free(). _stop drops
 * running transfers without an outcome (they are fetched again after the next start), ends the workers, and
 * asks nothing more of the store; _free delivers what mail is left. Both take NULL. */
void engine_stop(struct engine *engine);
void engine_free(struct engine *engine);

/* Loads the jobs that have not ended and goes on with them. `ready` is called once, with 0 or negative errno.
 * Returns 0 or -ENOMEM, and then it is not. */
int engine_start(struct engine *engine, void (*ready)(void *userdata, int r), void *userdata);

/* Starts no more URLs; running ones end and become durable. */
void engine_drain(struct engine *engine);
/* No transfer runs, no write is under way. */
bool engine_is_idle(const struct engine *engine);

/* CLOCK_BOOTTIME microseconds when engine_tick() must be called next; USEC_NEVER if never. */
uint64_t engine_next_usec(const struct engine *engine);
void engine_tick(struct engine *engine);

/* Goes by other settings from now on, which are its own, also after an error: limits, politeness and rights
 * at once, for jobs and hosts that wait too; hosts that the guard or a deny kept out are judged anew. What is
 * in flight ends under the settings that it began with. `done` runs when every worker goes by them. Returns
 * 0; or negative errno, and all is as before: workers that do not start, -ENOMEM, -ESHUTDOWN. */
int engine_reload(
    struct engine *engine, struct engine_settings *settings, void (*done)(void *userdata), void *userdata);

/* Memory is short: gives back what is only kept so that later work is quicker. */
void engine_drop_caches(struct engine *engine);

const struct engine_settings *engine_settings(const struct engine *engine);
struct store *engine_store(const struct engine *engine);

/* ---- submitting ---- */

/* One list while it comes in. Freed by _commit's callback having run, or by _abort. */
struct engine_submission;

struct engine_submit_options {
    const char *name;  /* NULL if none */
    const char *label; /* for lines without one; NULL if none */
    const char *key;   /* NULL if none */
    const char *user;
    uid_t uid;
    int32_t priority; /* ENGINE_PRIORITY_MIN to _MAX */
    /* A page that was counted so recently is not fetched; 0: every page is fetched whatever is known of it;
     * STORE_NO_MAX_AGE: every page is asked for, but not sent again if it has not changed. */
    int64_t max_age_usec;
    uint64_t
        deadline_usec; /* span from now on; what has not ended by then ends as OUTCOME_EXPIRED. 0: none */
    int64_t keep_usec; /* after its end, then it is removed; see STORE_KEEP_DEFAULT */
    bool strict;       /* one bad line, and nothing is queued */
    const char *const *sources;
    size_t n_sources;
};
#define ENGINE_PRIORITY_MIN (-100)
#define ENGINE_PRIORITY_MAX 100
#define ENGINE_MAX_NAME 128
#define ENGINE_MAX_LABEL 256
#define ENGINE_MAX_KEY 256
#define ENGINE_MAX_SOURCES 10000
#define ENGINE_MAX_SOURCE 4096 /* bytes */

/* NULL, or why a name, label, key or source is refused: "a name must not be all digits". */
const char *engine_check_name(const char *name);
const char *engine_check_label(const char *label);
const char *engine_check_key(const char *key);
const char *engine_check_source(const char *source);

/* Copies the options. Returns 0; -ENOMEM; -ENOSPC: less than MinFreeSpace= is free; or -EOVERFLOW: the store
 * has reached MaxSize=. */
int engine_submission_new(
    struct engine *engine, const struct engine_submit_options *options, struct engine_submission **ret);

enum engine_added {
    ENGINE_ADDED,
    ENGINE_DUPLICATE,
    ENGINE_REJECTED, /* see *ret_reason */
};

struct engine_entry {
    const char *url; /* as typed */
    const char *label;
    uint32_t source;
    uint32_t line;
};

/* The index of a source of this name; added behind the others if there is none. Returns 0, -ENOMEM, or
 * -E2BIG: there are ENGINE_MAX_SOURCES. */
int engine_submission_add_source(
    struct engine_submission *submission, const char *name, uint32_t *ret_source);

/* Checks, normalises and files one line. *ret_reason: one static clause. ENGINE_ADDED: as far as
 * memory tells; what is on disk is looked through before engine_submission_settle() comes back. Returns 0;
 * -ENOMEM; -ENOBUFS: MaxSubmitMemory= is reached, as too many lists are open; -EDQUOT: MaxQueuedUrlsPerUser=
 * is reached; -EFBIG: MaxStorePerUser= is reached; or how an earlier batch failed. After an error only _abort
 * is left. */
int engine_submission_add(struct engine_submission *submission, const struct engine_entry *entry,
    enum engine_added *ret_added, const char **ret_reason);

uint64_t engine_submission_accepted(const struct engine_submission *submission);
uint64_t engine_submission_duplicates(const struct engine_submission *submission);
/* What the user's jobs take in the store, about, the list as far as it came included; 0 where
 * MaxStorePerUser= is not set. */
uint64_t engine_submission_user_bytes(const struct engine_submission *submission);

/* May the next lines come? 1: now. 0: `ready` runs when they may, with 0 or how a batch failed; one at a
 * time. Negative errno: how a batch failed. */
int engine_submission_wait(
    struct engine_submission *submission, void (*ready)(void *userdata, int r), void *userdata);

/* The same, without waiting, for use between two lines; true after a failure too. */
bool engine_submission_has_room(const struct engine_submission *submission);
/* Are all lines judged that were added until now? As engine_submission_wait(), and not beside it. The counts
 * above are exact from then on; -EDQUOT and -EFBIG may come here. */
int engine_submission_settle(
    struct engine_submission *submission, void (*ready)(void *userdata, int r), void *userdata);

/* A URL that comes with what became of it: an import. Strings NULL if there is none, but for url and host. */
struct engine_page {
    const char *url; /* normalised */
    const char *submitted, *label, *host, *final_url, *content_type, *charset, *charset_from, *title, *detail,
        *engine_id;
    enum outcome outcome;        /* how it ended */
    const uint8_t *content_hash; /* STORE_HASH_SIZE; of a counted one, as what follows */
    uint64_t replaced;
    const struct words_word *words; /* each once */
    size_t n_words;
    int http_status;
    uint32_t attempts;
    uint64_t fetched_usec, counted_from_usec, duration_usec, body_bytes,
        wire_bytes; /* times: 0 if not known */
};

/* Adds one to a list that has such URLs alone: the next one in the order of their code points. What is
 * imported is what a user says: it is never taken for a page of another job. *ret_reason: NULL, or a static
 * clause why it is refused. As engine_submission_add(). */
int engine_submission_add_page(
    struct engine_submission *submission, const struct engine_page *page, const char **ret_reason);
/* The settings that its counts depend on, "Name=value" lines, instead of those that hold now. 0 or -ENOMEM.
 */
int engine_submission_note(struct engine_submission *submission, const char *settings);
/* Are all pages on disk that were added until now? As engine_submission_wait(). */
int engine_submission_flush(
    struct engine_submission *submission, void (*ready)(void *userdata, int r), void *userdata);
/* More or less memory is held for the list elsewhere, and counts against MaxSubmitMemory=. 0 or -ENOBUFS. */
int engine_submission_hold(struct engine_submission *submission, uint64_t bytes);

struct engine_slowest {
    const char *host; /* NULL if none */
    uint64_t n_urls;
    uint64_t delay_usec;
    uint64_t total_usec;
};

struct engine_committed {
    int r;        /* 0, or negative errno: nothing was queued */
    uint64_t job; /* 0 if nothing was queued: no good line, or `strict` and a bad one */
    bool existed; /* `key` named an earlier job, this one */
    uint64_t accepted, duplicates, rejected;
    struct engine_slowest slowest;
};

/* `done` runs when everything is on disk, and the submission is gone after it. */
void engine_submission_commit(struct engine_submission *submission,
    void (*done)(void *userdata, const struct engine_committed *committed), void *userdata);
/* NULL is fine. Also during a commit, whose callback is not called then. */
void engine_submission_abort(struct engine_submission *submission);

/* ---- changing jobs: durable when `done` runs. r: 0; -ENOENT no such job; -EALREADY it is so; -EINVAL its
 * state does not allow it; or how the store failed. `n`: URLs retried. They return 0, and `done` will run; or
 * -ENOMEM, and it will not. What comes while a job is just ending waits for its end; a removal and a priority
 * need not. ---- */

typedef void (*engine_changed)(void *userdata, int r, uint64_t n);
int engine_pause(struct engine *engine, uint64_t job, engine_changed done, void *userdata);
int engine_resume(struct engine *engine, uint64_t job, engine_changed done, void *userdata);
int engine_cancel(struct engine *engine, uint64_t job, engine_changed done, void *userdata);
int engine_retry(struct engine *engine, uint64_t job, const enum outcome *outcomes, size_t n_outcomes,
    engine_changed done, void *userdata);
int engine_remove(struct engine *engine, uint64_t job, engine_changed done, void *userdata);
/* ENGINE_PRIORITY_MIN to _MAX. Holds from the next start on. */
int engine_set_priority(
    struct engine *engine, uint64_t job, int32_t priority, engine_changed done, void *userdata);

/* Patterns of hosts that may be paused at once. */
#define ENGINE_MAX_PAUSED_HOSTS 1000

/* Hosts of the pattern (see engine/pattern.h) start nothing more, or go on. As above; also returns -EALREADY,
 * or -E2BIG: ENGINE_MAX_PAUSED_HOSTS are. */
int engine_pause_host(
    struct engine *engine, const char *pattern, bool paused, engine_changed done, void *userdata);

/* ---- what only memory knows ---- */

uint64_t engine_job_active(const struct engine *engine, uint64_t job); /* URLs in flight */
/* Seconds until the job ends as far as politeness and the present rate tell; NAN if unknown or not running.
 */
double engine_job_remaining(const struct engine *engine, uint64_t job);
/* Of the last seconds; 0 for a job that does not run. */
void engine_job_rates(
    const struct engine *engine, uint64_t job, double *ret_urls_per_sec, double *ret_bytes_per_sec);
bool engine_url_is_active(const struct engine *engine, uint64_t job, uint64_t seq);

struct engine_status {
    uint64_t uptime_usec;
    uint64_t jobs_queued, jobs_running, jobs_paused;
    uint64_t queued, active, hosts;     /* URLs that wait; in flight; hosts with either */
    uint64_t counted, ended;            /* since start */
    double urls_per_sec, bytes_per_sec; /* over the last seconds */
    unsigned n_workers;
    bool has_damaged;                /* jobs of before are set aside, see store_damaged_file() */
    bool is_stuck_damaged, is_older; /* see store_is_stuck_damaged(), store_is_older() */
    int store_error; /* 0, or why fetching is held: -ENOSPC; -EOVERFLOW: MaxSize= is reached ... */
};
void engine_get_status(const struct engine *engine, struct engine_status *ret);
const struct engine_metrics *engine_metrics(const struct engine *engine);

/* URLs of a user's jobs that have not ended, and of lists being submitted. */
uint64_t engine_user_queued(const struct engine *engine, uid_t uid);

struct engine_worker_status {
    unsigned worker; /* from 1 */
    uint64_t active, fetched, bytes, tokens;
};
struct engine_transfer_status {
    uint64_t job, seq; /* 0 for a robots.txt */
    const char *url;
    uint64_t running_usec;
};
/* Those that had to go and still have something to do included. */
unsigned engine_n_workers(const struct engine *engine);
void engine_get_worker(const struct engine *engine, unsigned index, struct engine_worker_status *ret);
void engine_each_transfer(const struct engine *engine, unsigned index,
    void (*visit)(void *userdata, const struct engine_transfer_status *transfer), void *userdata);

/* CLOCK_BOOTTIME of the last sign of life of the worker that has been silent longest while it had work; for
 * the watchdog. */
uint64_t engine_oldest_pulse_usec(const struct engine *engine);

/* ---- following jobs ---- */

struct engine_ended;

/* For the log. Any callback may be NULL. */
struct engine_observer {
    void (*url_ended)(void *userdata, const struct engine_ended *ended);
    void (*job_ended)(void *userdata, uint64_t job, enum store_job_state state, uint64_t total);
    /* A job that had ended was removed: its time was over, or room was needed. */
    void (*job_expired)(void *userdata, uint64_t job);
    /* The store began to fail (negative errno), or works again (0). */
    void (*store_changed)(void *userdata, int r);
};
void engine_set_observer(struct engine *engine, const struct engine_observer *observer, void *userdata);

/* A URL that ended, durable already. Borrowed for the call. */
struct engine_ended {
    uint64_t job, seq;
    const char *url, *final_url, *detail, *title; /* all but url NULL if none */
    enum outcome outcome;
    int http_status;
    uint32_t tries;
    uint64_t duration_usec, body_bytes;
    const struct words_counts *counts; /* NULL unless counted with words in hand */
};

struct engine_watch;
struct engine_watch_callbacks {
    void (*url_ended)(void *userdata, const struct engine_ended *ended); /* NULL: not wanted */
    /* The job's state changed, or it was removed (`exists` false: nothing follows). Also called soon
     * after _new with what is, unless a change came before. JOB_DONE and JOB_CANCELLED come when all of the
     * job is durable. */
    void (*job_changed)(void *userdata, uint64_t job, enum store_job_state state, bool exists);
};

/* Any number a job. Returns 0 or -ENOMEM. */
int engine_watch_new(struct engine *engine, uint64_t job, const struct engine_watch_callbacks *callbacks,
    void *userdata, struct engine_watch **ret);
void engine_watch_free(struct engine_watch *watch);
