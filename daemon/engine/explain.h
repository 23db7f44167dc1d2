/* Why things wait, for people: what is known of an origin and its robots.txt, and how far a job is. Beside
 * engine/host_status.h, which tells of hosts. Thread: main. */
#pragma once

#include "engine/host_status.h"
#include "fetch/robots.h"

enum engine_robots {
    ENGINE_ROBOTS_OFF,     /* Robots=no: it is not asked for */
    ENGINE_ROBOTS_UNKNOWN, /* it is asked for before the origin's next URL starts */
    ENGINE_ROBOTS_ASKING,
    ENGINE_ROBOTS_KNOWN,
    ENGINE_ROBOTS_ABSENT, /* the server has none: all is allowed */
    ENGINE_ROBOTS_FAILED, /* URLs of the origin end at once, as `outcome` */
};
#define N_ENGINE_ROBOTS 6
const char *engine_robots_to_string(enum engine_robots robots);

/* Times are boottime, 0 where there is none. Strings are borrowed until the engine goes on. */
struct engine_origin_status {
    enum engine_robots robots;
    uint64_t robots_fetched_usec;
    uint64_t robots_until_usec; /* it is kept so long */
    uint64_t crawl_delay_usec;
    uint32_t crawl_delay_line;
    uint32_t failures; /* in a row */
    uint32_t parkings;
    uint64_t until_usec; /* nothing of it starts before; or FAILED: its URLs end so until then */
    enum outcome outcome;
    const char *detail;            /* NULL if none */
    bool has_verdict;              /* what robots.txt says is known */
    struct robots_verdict verdict; /* of the path that was asked about */
    uint64_t due_usec; /* a URL of it may start then, if nothing else waits; USEC_NEVER: not known */
};

/* The origin of a normalised URL, and the verdict on its path. Where the engine does not know its host, or it
 * is not `is_familiar` to who asks, all is as if nobody had asked it yet. 0 or -ENOMEM. */
int engine_get_origin(
    const struct engine *engine, const char *url, bool is_familiar, struct engine_origin_status *ret);

/* Whether the engine knows the host for something that the filter's reader may know of: URLs that wait or
 * run, or the end of one of the last transfers. */
bool engine_host_is_familiar(
    const struct engine *engine, const char *key, const struct engine_host_filter *filter);

enum engine_job_phase {
    ENGINE_JOB_RUNNING,
    ENGINE_JOB_PAUSED,
    ENGINE_JOB_EXPIRING,  /* its deadline is over: what is left is being ended */
    ENGINE_JOB_FINISHING, /* every URL ended: totals are being made */
};
struct engine_job_status {
    enum engine_job_phase phase;
    uint64_t active;       /* URLs in flight */
    uint64_t waiting;      /* that neither ended nor are in flight */
    size_t n_hosts;        /* in memory */
    bool has_more;         /* hosts of it are not in memory yet */
    enum engine_hold hold; /* what holds the whole daemon back, whatever the host */
};
/* False if the job is not, or not any more, the engine's. */
bool engine_get_job(const struct engine *engine, uint64_t job, struct engine_job_status *ret);
