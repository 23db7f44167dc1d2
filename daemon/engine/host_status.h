/* How hosts fare, for people: what each waits for, until when, and why. Thread: main. */
#pragma once

#include "base/arena.h"
#include "base/outcome.h"
#include "engine/engine.h"
#include "engine/hold.h"

enum engine_host_state {
    ENGINE_HOST_IDLE,     /* nothing of it waits or runs */
    ENGINE_HOST_READY,    /* starts at once */
    ENGINE_HOST_WAITING,  /* would start at once, if the daemon started anything: see `hold` */
    ENGINE_HOST_READING,  /* its URLs are being read from the store */
    ENGINE_HOST_LATER,    /* no URL of it is in memory: the job's other hosts come first */
    ENGINE_HOST_DELAYED,  /* one start a delay */
    ENGINE_HOST_FULL,     /* as many transfers run as it may have */
    ENGINE_HOST_BUSY,     /* the last of its URLs are running */
    ENGINE_HOST_ASKING,   /* its robots.txt is being fetched */
    ENGINE_HOST_VISITING, /* its robots.txt has moved to another host: waits for its turn there, see `visits`
                           */
    ENGINE_HOST_RETRYING, /* URLs that failed wait for their next attempt */
    ENGINE_HOST_SHARING,  /* another job is fetching the same URL, which is waited for */
    ENGINE_HOST_STOPPED,  /* its URLs are those of paused jobs */
    ENGINE_HOST_HELD,     /* it asked to be left alone, or robots.txt is to be asked for again */
    ENGINE_HOST_PARKED,   /* it failed too often in a row */
    ENGINE_HOST_PAUSED,   /* by the administrator */
    ENGINE_HOST_DENIED,   /* by Deny= */
};
#define N_ENGINE_HOST_STATES 17
const char *engine_host_state_to_string(enum engine_host_state state);

enum engine_delay_cause {
    ENGINE_DELAY_CONFIGURED,
    ENGINE_DELAY_ROBOTS,  /* Crawl-delay */
    ENGINE_DELAY_LATENCY, /* it takes that long to answer */
};

/* Outcomes of a host's last transfers that are remembered. */
#define ENGINE_RECENT_OUTCOMES 5

struct engine_host_status {
    const char *host; /* borrowed until the engine goes on */
    enum engine_host_state state;
    enum engine_hold hold; /* of ENGINE_HOST_WAITING */
    bool waits_for_robots; /* of ENGINE_HOST_HELD */
    bool is_outranked;     /* URLs of a job of higher priority wait for it, too */
    uint64_t delay_usec;
    enum engine_delay_cause delay_cause;
    uint64_t next_usec;    /* boottime: it may start something then; 0: at once; USEC_NEVER: not known */
    uint64_t queued;       /* URLs that wait, about */
    uint32_t active;       /* transfers that run of the jobs told of, robots.txt included */
    uint32_t connections;  /* that it may have */
    uint64_t latency_usec; /* 0: not known */
    uint32_t refusals;     /* 429 and 503 in a row */
    uint32_t failures;     /* in a row, of its worse scheme */
    uint32_t parkings;     /* likewise */
    const char *visits;    /* of ENGINE_HOST_VISITING: where it waits */
    const char *paused_by; /* pattern; NULL if none */
    const char *rule;      /* pattern of its [Host] section; NULL if it has none */
    const char *rule_from; /* "FILE:LINE" of that; NULL if not known */
    enum outcome
        recent[ENGINE_RECENT_OUTCOMES]; /* of jobs that may be read, newest first, then OUTCOME_NONE */
};

/* Which hosts are told of: those with URLs of jobs that `may_read` lets through. */
struct engine_host_filter {
    const char *pattern; /* NULL: any */
    uint64_t job;        /* 0: any */
    bool idle;           /* those without URLs as well */
    bool (*may_read)(void *userdata, uid_t owner);
    void *userdata;
};

/* Their keys in the order of their bytes, in the arena. 0 or -ENOMEM. */
int engine_list_hosts(const struct engine *engine, const struct engine_host_filter *filter,
    struct arena *arena, const char *const **ret, size_t *ret_n);

/* False if the engine does not know it any more, or the filter keeps it. */
bool engine_get_host(const struct engine *engine, const char *key, const struct engine_host_filter *filter,
    struct engine_host_status *ret);

/* As engine_get_host(), of a host under which URLs of the filter's job wait that are not in memory yet,
 * `n_urls` of them: ENGINE_HOST_LATER. `key` is borrowed. False if the job has none there any more. */
bool engine_get_later_host(const struct engine *engine, const char *key, uint64_t n_urls,
    const struct engine_host_filter *filter, struct engine_host_status *ret);

/* Likewise as if nobody had asked the host yet: what configuration and administrator say of it. */
void engine_get_unmet_host(const struct engine *engine, const char *key, struct engine_host_status *ret);
