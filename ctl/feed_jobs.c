#include "ctl/feed_private.h"

#include "base/clock.h"
#include <stdio.h>
#include <string.h>

/* Weight of the last second in a job's rate. */
#define RATE_WEIGHT 0.3

static struct feed_job *find_job(struct feed *feed, int64_t number)
{
    for (size_t i = 0; i < feed->n_jobs; i++)
        if (feed->jobs[i].job == number)
            return &feed->jobs[i];
    return NULL;
}

static bool has_ended(const char *state)
{
    return strcmp(state, "done") == 0 || strcmp(state, "cancelled") == 0;
}

/* What gives way to others first has the highest. */
static int rank(const char *state)
{
    static const char *const states[] = {"running", "queued", "paused"};
    int place = 0;

    while (place < 3 && strcmp(states[place], state) != 0)
        place++;
    return has_ended(state) ? 4 : place;
}

static bool is_before(int rank_a, int64_t job_a, int rank_b, int64_t job_b)
{
    return rank_a != rank_b ? rank_a < rank_b : job_a > job_b;
}

/* Room for the job, if need be that of the one that comes last; NULL if that is the job itself. */
static struct feed_job *add_job(struct feed *feed, const struct wire_job *from)
{
    struct feed_job *last = NULL;

    if (feed->n_jobs < FEED_MAX_JOBS) {
        last = &feed->jobs[feed->n_jobs++];
    } else {
        for (size_t i = 0; i < feed->n_jobs; i++) {
            struct feed_job *job = &feed->jobs[i];

            if (!last || is_before(rank(last->state), last->job, rank(job->state), job->job))
                last = job;
        }
        if (!is_before(rank(from->state), from->job, rank(last->state), last->job))
            return NULL;
        feed->is_stale = true;
    }
    *last = (struct feed_job){.job = from->job, .rated = -1};
    return last;
}

struct feed_job *feed_take_job(struct feed *feed, const struct wire_job *from)
{
    struct feed_job *job = find_job(feed, from->job);

    if (!job)
        job = add_job(feed, from);
    if (!job)
        return NULL;
    snprintf(job->name, sizeof(job->name), "%s", from->name ? from->name : "");
    snprintf(job->state, sizeof(job->state), "%s", from->state);
    job->total = from->total;
    job->counted = from->counted;
    job->failed = from->failed;
    job->skipped = from->skipped;
    job->active = from->active;
    job->tokens = from->tokens;
    job->ended = from->counted + from->failed + from->skipped + from->cancelled;
    job->remaining = from->remaining.set ? from->remaining.value : -1;
    job->is_active = !has_ended(from->state);
    if (job->rated < 0)
        job->rated = job->ended;
    return job;
}

int feed_take_jobs(struct feed *feed, const struct wire_jobs_out *out)
{
    for (size_t i = 0; i < out->n_jobs; i++) {
        bool is_new = !find_job(feed, out->jobs[i].job);
        struct feed_job *job = feed_take_job(feed, &out->jobs[i]);

        if (!job)
            continue;
        job->is_listed = true;
        feed->is_stale |= is_new && job->is_active;
    }
    return 0;
}

void feed_drop_job(struct feed *feed, size_t i)
{
    memmove(&feed->jobs[i], &feed->jobs[i + 1], (--feed->n_jobs - i) * sizeof(feed->jobs[0]));
}

void feed_rate_jobs(struct feed *feed)
{
    uint64_t now = clock_boottime_usec();
    double seconds = (double)(now - feed->rated_usec) / USEC_PER_SEC;

    if (seconds < 0.5)
        return;
    for (size_t i = 0; i < feed->n_jobs; i++) {
        struct feed_job *job = &feed->jobs[i];
        double rate = (double)(job->ended - job->rated) / seconds;

        job->rate = job->rate > 0 ? job->rate * (1 - RATE_WEIGHT) + rate * RATE_WEIGHT : rate;
        job->rated = job->ended;
    }
    feed->rated_usec = now;
}
