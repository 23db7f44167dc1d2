/* What the engine's files share: its objects and who points to whom. No file outside engine/ includes this.
 *
 *   engine --- jobs (by number) --- lanes (one per host of the job that is loaded) --- URLs in memory
 *          \-- hosts (by key) ----- lanes of that host over all jobs
 *          \-- workers ------------ tasks in flight
 *
 * A lane is a job's queue on one host: the URLs that come again (retries, redirects on the same host), a
 * window of rows read from the store, and last those that the host refused. A job has at most
 * ENGINE_LANES_PER_JOB lanes in memory; more are read as those end. Thread: main. */
#pragma once

#include "base/array.h"
#include "base/heap.h"
#include "base/list.h"
#include "engine/engine.h"
#include "engine/host_status.h"
#include "engine/known.h"
#include "engine/task.h"
#include "engine/worker.h"
#include "fetch/robots.h"
#include "fetch/url.h"
/* A table that cannot grow leaves the new item out, with hh.tbl NULL. */
#define HASH_NONFATAL_OOM 1
#include <uthash.h>

/* Lanes of one job in memory, at least. More if MaxTransfers= is greater. */
#define ENGINE_LANES_PER_JOB 4096
/* Hosts without work that are remembered for their robots.txt and their delay. */
#define ENGINE_IDLE_HOSTS 10000
/* Outcomes on their way to the store: beyond it nothing starts. */
#define ENGINE_MAX_UNWRITTEN 8192
#define ENGINE_MAX_UNWRITTEN_BYTES ((size_t)128 * 1024 * 1024)
/* A look-up, or another job's fetch, is waited for so long; then the URL goes on without. */
#define REUSE_MAX_WAIT_USEC (60 * USEC_PER_SEC)
/* How soon a write that failed is tried again. */
#define ENGINE_STORE_RETRY_USEC (2 * USEC_PER_SEC)
#define ROBOTS_MAX_AGE_USEC (24 * 3600 * USEC_PER_SEC)
#define ROBOTS_MAX_REDIRECTS 5
#define CRAWL_DELAY_MAX_USEC (30 * USEC_PER_SEC)
#define HOLD_MAX_USEC (3600 * USEC_PER_SEC)
/* An origin that failed this often in a row is parked, for each of the spans in turn; then its URLs end. */
#define ORIGIN_MAX_FAILURES 5
#define ORIGIN_PARKINGS 3
/* A host that has not answered within this is slow: all slow ones together get three quarters of
 * MaxTransfers=. Who has not answered at all is one of them. */
#define ENGINE_QUICK_USEC (2 * USEC_PER_SEC)

struct user {
    uid_t uid;
    uint64_t queued; /* URLs of jobs that have not ended, and of lists being submitted */
    uint64_t served; /* turn of its last start, see engine.turn */
    UT_hash_handle hh;
};

/* What is known of a URL's earlier pages. */
enum reuse {
    REUSE_UNKNOWN, /* the store is to be asked first */
    REUSE_ASKED,   /* it is being asked */
    REUSE_LOOKED,  /* `known` */
    REUSE_NEVER,   /* it is fetched whatever was counted before */
};

/* A URL in memory that waits. The text is the entry's own. */
struct waiting {
    struct list link;      /* in window.urls, lane.again or lane.fresh */
    struct window *window; /* NULL but in a window */
    uint64_t seq;
    uint32_t attempt;
    uint32_t hops;  /* redirects followed */
    uint32_t tries; /* requests made */
    uint64_t due_usec;
    char *url;
    enum reuse reuse;
    bool has_waited;       /* for another job's fetch of it */
    uint64_t looked_usec;  /* boottime of REUSE_LOOKED */
    struct known *known;   /* owned; NULL if there is none */
    struct list in_flight; /* while it waits for another job's fetch ... */
    struct lane *lane;     /* ... this is where */
};

/* What was read ahead of a lane, in order. */
struct window {
    struct list urls;
    size_t n;
    struct store_position position;
    bool loading;
    bool end;  /* the store has no more rows behind position */
    bool grew; /* rows were added while `loading`: read on even after an end */
};

/* URLs of both schemes are in one window, until one that is full of a held origin's would hide the other's:
 * from there on each scheme is read by itself. */
struct lane {
    struct job *job;
    struct host *host;
    struct list in_job;
    struct list in_host;
    struct list again;        /* retries and redirects, in no order */
    struct list refused;      /* which the host refused with 429 or 503 */
    struct list fresh;        /* whose pages were counted recently enough */
    struct list in_fresh;     /* in engine.fresh_lanes, if it has such */
    struct window windows[2]; /* of all, and unused; split: of http, and of https */
    bool is_split;
    uint64_t n_left;   /* URLs of it that have not ended, about: ended ones of an earlier run included */
    uint64_t n_active; /* in flight */
    uint64_t served;   /* turn of its last start */
    uint64_t asked_until_usec; /* boottime: the store is asked about its next URL, and nothing starts */
};

#define RATE_SECONDS 10
struct rates {
    uint64_t second; /* boottime, of the newest slot */
    uint64_t urls[RATE_SECONDS];
    uint64_t bytes[RATE_SECONDS];
};

enum job_phase {
    PHASE_RUNNING,
    PHASE_PAUSED,
    PHASE_FINISHING, /* every URL ended; totals are being made */
    PHASE_CLOSED,    /* cancelled, removed or finished: no result counts any more; freed with its last task */
};

struct job {
    struct engine *engine;
    uint64_t number;
    struct user *user;
    int32_t priority;
    enum job_phase phase;
    bool started; /* its state is not JOB_QUEUED any more */
    uint64_t total, ended;
    int64_t max_age_usec; /* as engine_submit_options have it */
    struct rates rates;
    uint64_t since_usec; /* boottime: when it began, or came to memory */
    uint64_t n_active;   /* tasks in flight */
    uint64_t n_writes;   /* requests under way that point here */
    size_t n_lanes;
    struct list lanes;
    struct list tasks;         /* in flight, by task.in_job */
    struct list watches;       /* by watch.link */
    struct heap_item deadline; /* in engine.deadlines */
    struct list expiring;      /* in engine.expiring: its deadline is over */
    bool is_expired;
    char *host_cursor; /* the last host that was read; NULL at first */
    bool hosts_loading;
    bool hosts_end;
    UT_hash_handle hh;
};

enum origin_state {
    ORIGIN_UNKNOWN,  /* robots.txt is not known */
    ORIGIN_ASKING,   /* its robots.txt is being fetched */
    ORIGIN_KNOWN,    /* `robots`, or NULL where everything is allowed */
    ORIGIN_CONDEMNED /* its URLs end as `outcome` until `until_usec` */
};

/* One scheme of a host: robots.txt and failures belong to it. */
struct origin {
    enum origin_state state;
    struct robots *robots;
    uint64_t crawl_delay_usec;  /* that robots.txt asks for, clamped */
    uint64_t until_usec;        /* boottime: the state is forgotten then */
    uint64_t hold_until_usec;   /* boottime: it is parked, or robots.txt is asked for again then */
    uint64_t parked_since_usec; /* boottime: failures of what started before are part of what parked it */
    uint32_t robots_tries;
    char *moved_to;    /* where robots.txt is asked for next; NULL: at its own place */
    uint32_t hops;     /* that led there */
    uint32_t failures; /* in a row */
    uint32_t parkings;
    enum outcome outcome;
    char *detail;
};

/* What a transfer came to, and whose job it was of. */
struct recent_outcome {
    enum outcome outcome;
    uid_t owner;
};

struct host {
    struct engine *engine;
    char *key;
    const struct host_policy *policy;
    struct list lanes;
    size_t n_lanes;
    uint32_t n_active;        /* transfers in flight, robots.txt included */
    uint32_t n_visits;        /* robots.txt of other hosts in flight, which redirected here */
    uint32_t n_tasks;         /* that point here, those being written included */
    uint64_t next_start_usec; /* boottime: one start per delay */
    uint64_t hold_until_usec; /* boottime: 429 and 503 */
    uint64_t held_since_usec; /* boottime: 429 and 503 to what started before are one and the same refusal */
    uint32_t holds;           /* 429 and 503 in a row */
    uint64_t latency_usec;    /* of its answers, smoothed; 0: none came yet */
    uint64_t kept_delay_usec; /* that the store knows: what it waits after an unclean stop */
    struct recent_outcome recent[ENGINE_RECENT_OUTCOMES]; /* of its last transfers, newest first */
    bool is_quick;   /* its last answer began in time, see ENGINE_QUICK_USEC */
    bool is_paused;  /* by the administrator */
    bool has_row;    /* in the store */
    bool is_unsaved; /* the store is to know what is not handed over yet */
    bool is_saving;  /* `saving` is under way */
    struct store_put_host saving;
    unsigned home;            /* worker of its first connection */
    struct origin origins[2]; /* http, https */
    struct heap_item timer;   /* in engine.timers: when it is due */
    struct heap_item ready;   /* in engine.ready or ready_slow: it is due and waits for a slot */
    struct list idle;         /* in engine.idle_hosts: it has no lanes */
    UT_hash_handle hh;
};

struct engine {
    struct engine_settings *settings;
    struct store *store;
    struct mailbox *inbox;
    uint64_t started_usec;
    uint64_t quiet_since_usec; /* boottime: the daemon before this one started nothing any more */
    struct job *jobs;
    struct host *hosts;
    struct user *users;
    size_t n_hosts, n_idle_hosts;
    struct list idle_hosts; /* longest idle first */
    struct list fresh_lanes;
    struct flight *flights; /* URLs in flight */
    struct heap timers;
    struct heap deadlines;         /* of jobs */
    struct list expiring;          /* jobs whose last URLs are being ended */
    bool expire_again;             /* some of their URLs in memory are not ended yet */
    struct heap ready, ready_slow; /* hosts that answer in time, and the others */
    uint64_t turn;                 /* counts starts: who was served longest ago comes first */
    struct worker **workers;
    struct list *in_flight; /* per worker: tasks, by task.in_worker */
    uint64_t *n_in_flight;
    size_t n_active;
    size_t n_slow; /* of these, to hosts that do not answer in time */
    char **paused; /* patterns of hosts */
    size_t n_paused, paused_capacity;
    size_t n_requests; /* store requests of the engine's under way */
    size_t n_unwritten;
    size_t unwritten_bytes;
    struct list unwritten; /* ended tasks whose write failed, by task.in_job */
    int store_error;       /* a write failed, and how */
    bool is_low;           /* less than MinFreeSpace= is free */
    uint64_t space_checked_usec;
    uint64_t store_retry_usec;
    bool draining;
    bool stopped;  /* the store is not asked any more */
    bool reviving; /* a retry is under way */
    uint64_t submit_memory;
    uint64_t counted, ended;
    struct rates rates;
    unsigned random_state;
    const struct engine_observer *observer;
    void *observer_userdata;
};

/* ---- engine.c ---- */
/* Hands a request to the store. Once stopped, it comes back as -ESHUTDOWN instead. */
void engine_request(struct engine *engine, struct store_request *request);
/* What the store could not do is tried again in a while. */
void engine_retry_soon(struct engine *engine);
/* To be called first in what a request's `done` does. */
void engine_request_came(struct engine *engine);

/* ---- job.c ---- */
struct job *job_find(const struct engine *engine, uint64_t number);
struct user *user_get(struct engine *engine, uid_t uid);
/* From its row; queued URLs are charged to the user. NULL: out of memory. */
struct job *job_new(struct engine *engine, const struct store_job_row *row);
void job_free(struct job *job);
/* Reads more hosts of the job, as far as there is room for lanes. */
void job_load_hosts(struct job *job);
/* From the first one on, since URLs came under hosts that were read before. */
void job_reread_hosts(struct job *job);
/* After a change of its phase: whether its hosts have something to start. */
void job_schedule_lanes(struct job *job);
/* A URL of it is durable. Finishes the job with the last one. */
void job_url_ended(struct job *job);
/* Forgets a closed job as soon as nothing points to it any more. */
void job_release(struct job *job);
/* What is in flight is aborted, and comes back as OUTCOME_CANCELLED. */
void job_cancel_tasks(struct job *job);
/* Closes it: it is not found any more, lanes go, tasks are cancelled, results do not count. */
void job_close(struct job *job);
/* ---- job_finish.c ---- */
void job_finish_if_ended(struct job *job);

/* ---- lane.c ---- */
/* The job's lane on the host; made if there is none. NULL: out of memory. */
struct lane *lane_get(struct job *job, const char *host_key, uint64_t n_urls);
struct lane *lane_find(const struct job *job, const struct host *host);
void lane_free(struct lane *lane);
/* Rows were added to it in the store. */
void lane_grow(struct lane *lane);
/* One, or two once it is split. */
size_t lane_n_windows(const struct lane *lane);
/* When its next URL could start as far as the lane is concerned; 0 at once, USEC_NEVER if there is none. */
uint64_t lane_due_usec(const struct lane *lane, uint64_t now_usec);
/* The first that waits in memory, due or not; NULL if there is none. It is still in its list. */
struct waiting *lane_first(const struct lane *lane);
/* Takes it out of its list. */
void lane_remove(struct waiting *waiting);
/* Whether lane_take() would give one. */
bool lane_has_url(const struct lane *lane, uint64_t now_usec);
/* Takes the next URL out; NULL if none is due. */
struct waiting *lane_take(struct lane *lane, uint64_t now_usec);
/* The lane owns it from then on. */
void lane_again(struct lane *lane, struct waiting *waiting, uint64_t due_usec);
void lane_refused(struct lane *lane, struct waiting *waiting);
/* Frees it if it has nothing left. */
void lane_release(struct lane *lane);
/* Without URL. NULL: out of memory. */
struct waiting *waiting_new(uint64_t seq, uint32_t attempt);
void waiting_free(struct waiting *waiting);

/* ---- lane_window.c ---- */
/* Reads on, for a running job, where half of what was read ahead is used up. */
void lane_load(struct lane *lane);
/* If all that was read ahead is of one origin, which is held: reads what the other one has. */
void lane_look_beyond(struct lane *lane, uint64_t now_usec);

/* ---- host.c ---- */
/* NULL: out of memory. */
struct host *host_get(struct engine *engine, const char *key);
void host_free(struct host *host);
struct origin *host_origin(struct host *host, const char *url);
/* 0 for http, 1 for https. */
size_t host_origin_index(const char *url);
/* Boottime from when on URLs of this one's origin may start; USEC_NEVER while its robots.txt is being asked
 * for. */
uint64_t host_origin_due_usec(const struct host *host, const char *url);
/* Nothing of the origin, or of the host, starts for this span, which is at most HOLD_MAX_USEC. Durable before
 * the next start. */
void host_hold_origin(struct host *host, struct origin *origin, uint64_t span_usec);
void host_hold(struct host *host, uint64_t span_usec);
/* Boottime when it may start something, whatever waits on it; USEC_NEVER while it is full or paused. */
uint64_t host_free_usec(const struct host *host);
/* Nothing starts for this span, for a reason of our own. */
void host_put_off(struct host *host, uint64_t span_usec);
/* The delay between two starts that holds now. */
uint64_t host_delay_usec(const struct host *host);
/* Whether it answers in time, as far as is known by now. The caller schedules it. */
void host_set_quick(struct host *host, bool is_quick);
/* Something changed: computes anew when it is due. */
void host_schedule(struct host *host);
/* It got or lost a lane. */
void host_lanes_changed(struct host *host);

/* ---- host_state.c ---- */
/* What it may not forget goes to the store; nothing of it starts before that is durable. */
void host_save(struct host *host);
/* Writes that failed, once more. */
void host_save_again(struct engine *engine);
/* Its delay may have grown: the store knows before the next start. */
void host_keep_delay(struct host *host);
/* Whether the store knows nothing of it. If it does, it forgets, which takes a while. */
bool host_forget_state(struct host *host);
/* At start. 0 or -ENOMEM. */
int host_take_state(struct engine *engine, const struct store_host_state *state);

/* ---- host_pause.c ---- */
/* The pattern that pauses hosts of this key; NULL if none does. */
const char *host_paused_by(const struct engine *engine, const char *key);
/* Notes what is in the store. 0 or -ENOMEM. */
int host_pause_note(struct engine *engine, const char *pattern);
void host_pause_free(struct engine *engine);

/* ---- dispatch.c ---- */
/* Moves hosts that are due to `ready`, and starts URLs as long as there are slots. */
void dispatch(struct engine *engine);
/* Boottime when a host that is due may start something; 0: now; USEC_NEVER: not known. */
uint64_t dispatch_next_usec(const struct engine *engine);
/* Hands a task over on a slot of the host. */
void dispatch_start(struct host *host, struct task *task);
/* A worker gave the task back: its slot is free. */
void dispatch_release_slot(struct task *task);

/* ---- robots_gate.c ---- */
enum gate {
    GATE_OPEN,   /* may be fetched */
    GATE_ASKED,  /* robots.txt was asked for in its place; the URL still waits */
    GATE_WAITS,  /* robots.txt cannot be asked for now */
    GATE_CLOSED, /* ends as *ret_outcome */
};
enum gate robots_gate(
    struct host *host, const struct waiting *waiting, enum outcome *ret_outcome, char **ret_detail);
void robots_gate_answer(struct task *task);

/* ---- reuse.c ---- */
enum reuse_gate {
    REUSE_FETCH, /* it is to be fetched */
    REUSE_WAITS, /* it was put back, or will end without a fetch */
};
/* May pages of this job come from what was counted before? */
bool reuse_is_wanted(const struct job *job);
struct store_reuse_rule reuse_rule(const struct job *job);
/* What the store knows of a URL in the lane's window. A fresh one leaves the window. Returns 0 or -ENOMEM. */
int reuse_take_row(struct lane *lane, struct waiting *waiting, const struct store_known *row);
/* What a look-up found. If it is fresh, it will end without a fetch. Returns 0 or -ENOMEM. */
int reuse_take_known(struct lane *lane, struct waiting *waiting, const struct store_known *row);
/* Ends the fresh URLs of running jobs, as far as the store can take them. */
void reuse_run(struct engine *engine);
/* Of a URL that was taken to be started. */
enum reuse_gate reuse_gate(struct lane *lane, struct waiting *waiting);
/* Gives its request the validators; takes what is known. */
void reuse_prepare(struct task *task, struct waiting *waiting);
/* Is the 304, which was asked for, one of the page that is known? */
bool reuse_is_confirmed(const struct task *task);
/* Was it refused for what was asked with it? RFC 9110 13.1.2 has no 412 for GET, but servers do. */
bool reuse_is_refused(const struct task *task);
/* The page that the task relied on is of no use: the URL waits again, and is asked for without validators. */
void reuse_fetch_anew(struct task *task);

/* ---- look_up.c ---- */
/* Asks the store what it knows of the URL, which waits on its lane until then. */
void look_up(struct lane *lane, struct waiting *waiting);

/* ---- flight.c ---- */
/* The task's URL is being fetched; other jobs may wait for what comes of it, until it leaves. Without memory
 * for it, nobody does. */
void flight_enter(struct task *task);
void flight_leave(struct task *task);
/* True if the URL is in flight for a job that this one may read, which would make it fresh: it is put back,
 * and looked up when that fetch has ended. Once: if it came to nothing, the URL is fetched by itself. */
bool flight_wait(struct lane *lane, struct waiting *waiting);

/* ---- failure.c ---- */
/* Takes what an answer says about its host into account: latency, holds, failures in a row, parking. */
void failure_note(struct host *host, struct origin *origin, const struct task *task);
/* 2^n seconds with jitter, n from 0. */
uint64_t failure_backoff_usec(struct engine *engine, uint32_t n);

/* ---- result.c ---- */
/* Mail from a worker. */
void result_deliver(struct mail *mail, void *receiver);
void result_deliver_cancel(struct mail *mail, void *receiver);

/* ---- result_write.c ---- */
/* The verdict goes to the store; the task is disposed of when it is durable. */
void result_end(struct task *task, enum outcome outcome);
void result_end_with_detail(struct task *task, enum outcome outcome, const char *detail);
/* The URL ends without having been fetched. Takes `waiting` and `detail`. */
void result_end_unfetched(struct lane *lane, struct waiting *waiting, enum outcome outcome, char *detail);
/* Another host's budget, robots.txt and lane are responsible from here on, durably. Takes `url` and `host`.
 */
void result_refile(struct task *task, char *url, char *host);
/* The task's job and host let go of it. */
void result_dispose(struct task *task);
/* Writes that failed, once more. */
void result_rewrite(struct engine *engine);
/* At the end: they are fetched again after the next start. */
void result_forget_unwritten(struct engine *engine);
/* Fetching is held while the store fails (negative errno), and goes on when it works again (0). */
void result_note_store(struct engine *engine, int r);

/* ---- expire.c ---- */
#define EXPIRED_DETAIL "its job's deadline was over"
/* A job has been made from this row. 0 or -ENOMEM. */
int expire_watch(struct job *job, const struct store_job_row *row);
/* It has ended, or is not to end by then. */
void expire_forget(struct job *job);
/* Ends what has not ended by its job's deadline, as much as the store takes. */
void expire_jobs(struct engine *engine);
/* Ends what such a job's lane has in memory, and has it read on; or frees it. */
void expire_lane(struct lane *lane);
uint64_t expire_next_usec(const struct engine *engine);

/* ---- space.c ---- */
/* Looks at the disk if it is time to, and holds fetching below MinFreeSpace=. */
void space_check(struct engine *engine);
uint64_t space_next_usec(const struct engine *engine);

/* ---- watch.c ---- */
void watch_url_ended(struct job *job, const struct task *task);
void watch_job_changed(struct job *job, enum store_job_state state, bool exists);

/* ---- status.c ---- */
void rates_add(struct rates *rates, uint64_t now_usec, uint64_t bytes);
/* `since_usec`: when counting began; the mean is over what has passed of the last seconds. */
double rates_urls_per_sec(const struct rates *rates, uint64_t since_usec, uint64_t now_usec);
double rates_bytes_per_sec(const struct rates *rates, uint64_t since_usec, uint64_t now_usec);
