/* A lane is a job's queue on one host: the URLs that come again (retries, redirects on the same host), a
 * window of rows read from the store, and last those that the host refused. Thread: main. */
#pragma once

#include "base/list.h"
#include "engine/give_up.h"
#include "engine/known.h"
#include "store/store_read.h"

struct host;
struct job;

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
    bool has_crossed; /* it was redirected to the other scheme of its host, which the store does not know */
    bool wants_fresh; /* connection: one that was kept had ended */
    bool has_waited;  /* for another job's fetch of it */
    uint64_t looked_usec;      /* boottime of REUSE_LOOKED */
    struct known *known;       /* owned; NULL if there is none */
    struct list in_flight;     /* while it waits for another job's fetch ... */
    struct lane *lane;         /* ... this is where */
    uint64_t ruled_until_usec; /* boottime: what robots.txt, which is dropped, says of it holds until then */
    char *ruled_out;           /* why it is disallowed; NULL if it is not */
};

/* URLs that are read ahead over all lanes, about; and of a lane all the same. */
#define ENGINE_WINDOW_URLS 131072
#define ENGINE_WINDOW_MIN 4

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
    enum giving_up giving_up[2]; /* http, https */
    uint64_t n_left;   /* URLs of it that have not ended, about: ended ones of an earlier run included */
    uint64_t n_active; /* in flight */
    uint64_t n_tasks;  /* these, and those whose outcomes are on their way to the store */
    uint64_t served;   /* turn of its last start */
    uint64_t asked_until_usec; /* boottime: the store is asked about its next URL, and nothing starts */
};

/* The job's lane on the host; made if there is none. NULL: out of memory. */
struct lane *lane_get(struct job *job, const char *host_key, uint64_t n_urls);
struct lane *lane_find(const struct job *job, const struct host *host);
void lane_free(struct lane *lane);
/* Rows were added to it in the store. */
void lane_grow(struct lane *lane);
/* One, or two once it is split. */
size_t lane_n_windows(const struct lane *lane);
/* Takes it out of its list. */
void lane_remove(struct waiting *waiting);
/* The lane owns it from then on. */
void lane_again(struct lane *lane, struct waiting *waiting, uint64_t due_usec);
void lane_refused(struct lane *lane, struct waiting *waiting);
/* Nothing waits on it, neither here nor in the store. */
bool lane_is_empty(const struct lane *lane);
/* Frees it if it has nothing left. While an outcome is on its way, the store still has the URL among those
 * that wait: a lane made anew would read it, and start it a second time. */
void lane_release(struct lane *lane);
/* Without URL. NULL: out of memory. */
struct waiting *waiting_new(uint64_t seq, uint32_t attempt);
void waiting_free(struct waiting *waiting);

/* ---- lane_next.c ---- */
/* When its next URL could start as far as the lane is concerned; 0 at once, USEC_NEVER if there is none. */
uint64_t lane_due_usec(const struct lane *lane, uint64_t now_usec);
/* Whether lane_take() would give one. */
bool lane_has_url(const struct lane *lane, uint64_t now_usec);
/* Takes the next URL out; NULL if none is due. */
struct waiting *lane_take(struct lane *lane, uint64_t now_usec);

/* ---- lane_window.c ---- */
/* Reads on, for a running job, where half of what was read ahead is used up. */
void lane_load(struct lane *lane);
/* If all that was read ahead is of one origin, which is held: reads what the other one has. */
void lane_look_beyond(struct lane *lane, uint64_t now_usec);
