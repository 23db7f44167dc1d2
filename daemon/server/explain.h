/* Explain: why a URL, a host or a job waits, and what would become of it. What is told of other users' jobs
 * is what `hosts`, `urls` and `show` tell of them; no server is asked for anything. Thread: main. */
#pragma once

#include "engine/explain.h"
#include "server/list_reply.h"
#include "server/work.h"
#include "wire/explain.h"

/* Hosts of a job that are told of, those first that may start something first. */
#define EXPLAIN_HOSTS 20
/* Rows of a URL that are told of. */
#define EXPLAIN_URLS 5
/* A URL is searched for in so many of the newest jobs that the caller may read, as long as these have so many
 * URLs together; but always in the newest one. */
#define EXPLAIN_JOBS 100
#define EXPLAIN_SEARCHED_URLS 500000

#define EXPLAIN_REASON_SIZE 1024

struct explain_job {
    uint64_t job;
    uint64_t total;
    enum store_job_state state;
};

struct explain {
    struct work work;
    struct wire_explain_out out;
    char reason[EXPLAIN_REASON_SIZE];
    const char *subject; /* in the work's arena; NULL: the caller's latest job */
    struct wire_host hosts[EXPLAIN_HOSTS];
    struct wire_origin origins[2];

    /* Of a URL alone. */
    const char *url; /* normalised */
    const char *host;
    struct wire_prospect prospect;
    struct store_read_known known;
    struct store_read_jobs all_jobs;
    struct explain_job jobs[EXPLAIN_JOBS]; /* the newest, as a ring */
    uint64_t n_jobs;                       /* that may be read */
    size_t n_searched;
    uint64_t n_searched_urls;
    struct store_read_urls urls;
    struct list_reply rows;           /* of struct wire_url */
    uint64_t active_job, waiting_job; /* of the newest such rows; 0: none */
    enum store_job_state waiting_job_state;
    void (*found)(struct explain *explain);
};

/* What the caller may know of hosts. */
struct engine_host_filter explain_filter(struct explain *explain);

/* Appends to the reason, as printf() does. */
void explain_say(struct explain *explain, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Puts the host into the reply, as far as the caller may know of it. `is_familiar`: the caller is known to
 * have had something of it fetched. *ret_status: what was told. 0 or -ENOMEM. */
int explain_add_host(
    struct explain *explain, const char *key, bool is_familiar, struct engine_host_status *ret_status);
/* Likewise for the origin of a URL of that host; if the caller is not to know of it, as if nobody had asked
 * it yet. */
int explain_add_origin(
    struct explain *explain, const char *url, bool is_familiar, struct engine_origin_status *ret_status);

/* Sends what is in the reply, and ends the work. */
void explain_reply(struct explain *explain);

/* Each for one kind of subject; takes the work. */
void explain_url(struct explain *explain);
void explain_host(struct explain *explain);
void explain_job(struct explain *explain); /* the one that the work has found */

/* Fills in what the store knows of the URL: prospect, rows, active_job, waiting_job; then `found`. */
void explain_search(struct explain *explain, void (*found)(struct explain *explain));
