/* A host, by its politeness key: what holds it back, and what it answered. Its two origins, http and https,
 * have their own robots.txt and their own failures. Thread: main. */
#pragma once

#include "base/heap.h"
#include "base/list.h"
#include "engine/engine.h"
#include "engine/host_status.h"
#include "engine/table.h"
#include "fetch/robots.h"
#include "store/store_host.h"

/* Hosts without work that are remembered for their robots.txt and their delay. */
#define ENGINE_IDLE_HOSTS 10000
#define HOLD_MAX_USEC (3600 * USEC_PER_SEC)

enum origin_state {
    ORIGIN_UNKNOWN,  /* robots.txt is not known */
    ORIGIN_ASKING,   /* its robots.txt is being fetched */
    ORIGIN_KNOWN,    /* `robots`, or NULL where everything is allowed */
    ORIGIN_CONDEMNED /* its URLs end as `outcome` until `until_usec` */
};

/* One scheme of a host: robots.txt and failures belong to it. */
struct origin {
    struct host *host;
    enum origin_state state;
    struct robots *robots; /* by robots_shelf.h: may go any time, and the state is UNKNOWN then */
    struct list on_shelf;
    uint64_t crawl_delay_usec;  /* that robots.txt asks for, clamped */
    uint64_t until_usec;        /* boottime: the state is forgotten then */
    uint64_t hold_until_usec;   /* boottime: it is parked, or robots.txt is asked for again then */
    uint64_t parked_since_usec; /* boottime: failures of what started before are part of what parked it */
    uint32_t robots_tries;
    char *moved_to;          /* where robots.txt is asked for next; NULL: at its own place */
    bool wants_fresh;        /* connection: one that was kept had ended when robots.txt was asked for */
    uint32_t hops;           /* that led there */
    struct host *visits;     /* where it waits for its turn, see host_visit.h; NULL: it does not */
    struct list in_visitors; /* of that host */
    uint32_t failures;       /* in a row */
    uint32_t parkings;
    enum outcome outcome;
    bool is_our_refusal; /* the configuration may be what condemned it */
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
    struct list visitors;     /* origins of other hosts, by origin.in_visitors, see host_visit.h */
    bool was_visited;         /* its last start was for one of them: its own lanes come next */
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
    bool is_quick;   /* its last answer began in time, and nothing waits for too long */
    bool is_paused;  /* by the administrator */
    bool has_row;    /* in the store */
    bool is_unsaved; /* the store is to know what is not handed over yet */
    bool is_saving;  /* `saving` is under way */
    struct store_put_host saving;
    unsigned home;            /* modulo the number of workers: that of its first connection */
    uint32_t n_unsent;        /* of those in flight: their requests are still on the way to it */
    uint16_t n_places;        /* it uses the first so many workers at most */
    uint16_t *n_in_worker;    /* transfers to it in flight, of each of these; behind the struct */
    struct origin origins[2]; /* http, https */
    struct heap_item timer;   /* in engine.timers: when it is due */
    struct heap_item ready;   /* in engine.ready or ready_slow: it is due and waits for a slot */
    struct list idle;         /* in engine.idle_hosts: it has no lanes */
    UT_hash_handle hh;
};

/* NULL: out of memory. */
struct host *host_get(struct engine *engine, const char *key);
void host_free(struct host *host);
struct origin *host_origin(struct host *host, const char *url);
/* 0 for http, 1 for https. */
size_t host_origin_index(const char *url);
/* Boottime from when on URLs of this one's origin may start; USEC_NEVER while its robots.txt is being asked
 * for, or waits for its turn on another host. */
uint64_t host_origin_due_usec(const struct host *host, const char *url);
/* Nothing of the origin, or of the host, starts for this span, which is at most HOLD_MAX_USEC. Durable before
 * the next start. */
void host_hold_origin(struct host *host, struct origin *origin, uint64_t span_usec);
void host_hold(struct host *host, uint64_t span_usec);
/* Nothing starts for this span, for a reason of our own. */
void host_put_off(struct host *host, uint64_t span_usec);
/* The delay between two starts that holds now. */
uint64_t host_delay_usec(const struct host *host);
/* It got or lost a lane. */
void host_lanes_changed(struct host *host);

/* Memory is short: forgets all hosts without work of which nothing is to be remembered. */
void host_forget_idle(struct engine *engine);

/* ---- host_schedule.c ---- */
/* What keeps it from starting something, whatever waits on it. */
enum host_barrier {
    HOST_FREE,
    HOST_PAUSED,
    HOST_FULL,
    HOST_SAVING,  /* what it may not forget is on its way to the store, and schedules it when it is there */
    HOST_SENDING, /* so does a request when it reaches the host, and the delay counts from then */
    HOST_HELD,
    HOST_DELAYED,
};
enum host_barrier host_barrier(const struct host *host, uint64_t now_usec);
/* Boottime when it may start something, whatever waits on it; USEC_NEVER while it is full or paused. */
uint64_t host_free_usec(const struct host *host);
/* Whether it answers in time, as far as is known by now. The caller schedules it. */
void host_set_quick(struct host *host, bool is_quick);
/* Something changed: computes anew when it is due. */
void host_schedule(struct host *host);
/* The priority of what waits for it changed: likewise, and finds its new place among those that are ready. */
void host_reorder(struct host *host);
/* It is ready, and has its turn: takes it out of the hosts that are. */
void host_take_turn(struct host *host);
/* It goes: it is neither due nor ready any more. */
void host_unschedule(struct host *host);

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
