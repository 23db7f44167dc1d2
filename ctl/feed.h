/* What the daemon is doing, for the dashboard: jobs by the stream of events, the rest by asking now and then.
 * A daemon that goes away is waited for. Says nothing on stderr: the terminal belongs to the screen. Thread:
 * main. */
#pragma once

#include "ctl/client.h"
#include "ctl/verb.h"
#include "wire/messages.h"

/* Jobs that are followed. Of more, those that run come first, then those that are queued, then paused ones;
 * of equals the newest. */
#define FEED_MAX_JOBS 256
#define FEED_MAX_WORDS 200
#define FEED_TEXT 256

struct feed_job {
    int64_t job;
    char name[FEED_TEXT]; /* "" if none */
    char state[16];
    int64_t total, ended, counted, failed, skipped, active, tokens;
    double remaining; /* seconds; negative if not known */
    double rate;      /* URLs a second, smoothed */
    int64_t rated;    /* `ended` when the rate was made */
    bool is_active;   /* has not ended */
    bool is_listed;   /* by the last Jobs */
};

struct feed {
    const struct context *context;
    int interrupt_fd; /* readable: a key or a signal waits, and no call is waited for; -1: none */
    const char *only; /* the one job that is shown, `number`; NULL: all that the caller has running */
    char number[24];
    struct client *stream; /* of Watch; NULL: none now */
    struct client *calls;  /* NULL: none now */
    struct feed_job jobs[FEED_MAX_JOBS];
    size_t n_jobs;
    size_t n_more;   /* jobs that have not ended, beyond these */
    bool knows_jobs; /* the daemon said once which there are */
    bool is_stale;   /* the stream does not tell of all that run */
    double urls_per_second, bytes_per_second;
    uint64_t rated_usec;
    /* Answers, each with what it owns; out is NULL until the first came. */
    struct feed_answer {
        struct wire_reply *reply;
        const void *out;
    } status, workers, hosts, top, show;
    int64_t details_of;      /* the job that `top` and `show` are of; 0: they say nothing */
    bool was_no_such_job;    /* why the last call was refused */
    char problem[FEED_TEXT]; /* why nothing new comes, or what was refused; "" while all is well */
};

/* `only` is a JOB or NULL. Returns 0, or an exit status with the reason said: nothing is on the screen yet.
 */
int feed_begin(struct feed *feed, struct context *context, const char *only);
void feed_deinit(struct feed *feed);

/* Asks for everything that no event tells, and connects if there is no connection. `selected` is the job
 * whose words and outcomes are wanted, 0 for none; `by` is Top's. */
void feed_refresh(struct feed *feed, int64_t selected, const char *by);

/* Pause, Resume or Cancel. `message` becomes "", or why not. */
void feed_control(struct feed *feed, enum wire_verb verb, int64_t job, char message[static FEED_TEXT]);

/* ---- feed_stream.c ---- */
/* The next events; returns once some came (0), the descriptor is readable (-EINTR), or there is no stream
 * (-ENOTCONN). */
int feed_receive(struct feed *feed, int interrupt_fd);
