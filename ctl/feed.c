#include "ctl/feed.h"

#include "base/clock.h"
#include "ctl/call.h"
#include "ctl/feed_private.h"
#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* All of the caller's jobs in this state, however many: the newest come last. Adds to *n how many there are.
 */
static int list_jobs(struct feed *feed, const char *state, size_t *n)
{
    struct wire_jobs_in in = {.state = state};
    int r = feed_call_begin(feed, WIRE_JOBS, WIRE_CALL_MORE, &in);

    for (bool more = true; r == 0 && more;) {
        CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
        const void *out;

        r = feed_call_receive(feed, WIRE_JOBS, &reply, &out);
        if (r != 0)
            break;
        *n += ((const struct wire_jobs_out *)out)->n_jobs;
        r = feed_take_jobs(feed, out);
        more = wire_reply_continues(reply);
    }
    return r;
}

static void count_more(struct feed *feed, size_t n)
{
    size_t shown = 0;

    for (size_t i = 0; i < feed->n_jobs; i++)
        shown += feed->jobs[i].is_active && feed->jobs[i].is_listed;
    feed->n_more = n > shown ? n - shown : 0;
}

/* Those that run, by their three states; or the one. */
static int ask_jobs(struct feed *feed)
{
    static const char *const states[] = {"running", "queued", "paused"};
    struct feed_answer answer = {0};
    struct wire_show_in show = {.job = feed->only};
    size_t n = 0;
    int r = 0;

    if (feed->only) {
        r = feed_ask(feed, WIRE_SHOW, WIRE_CALL_PLAIN, &show, &answer);
        if (r == 0)
            r = feed_take_jobs(feed, answer.out);
        wire_reply_free(answer.reply);
        return r;
    }
    for (size_t i = 0; i < sizeof(states) / sizeof(states[0]) && r == 0; i++)
        r = list_jobs(feed, states[i], &n);
    if (r == 0) {
        count_more(feed, n);
        feed->knows_jobs = true;
    }
    return r;
}

/* What ran and is not listed any more has ended, or was removed. */
static int look_after_unlisted(struct feed *feed)
{
    for (size_t i = 0; i < feed->n_jobs; i++) {
        struct feed_job *job = &feed->jobs[i];
        struct feed_answer answer = {0};
        char number[24];
        struct wire_show_in in = {.job = number};
        int r;

        if (job->is_listed || !job->is_active)
            continue;
        snprintf(number, sizeof(number), "%" PRId64, job->job);
        r = feed_ask(feed, WIRE_SHOW, WIRE_CALL_PLAIN, &in, &answer);
        if (r == 0 && ((const struct wire_jobs_out *)answer.out)->n_jobs > 0)
            (void)feed_take_job(feed, ((const struct wire_jobs_out *)answer.out)->jobs);
        wire_reply_free(answer.reply);
        if (r < 0)
            return r;
        if (r > 0 && feed->was_no_such_job) {
            feed->problem[0] = '\0';
            feed_drop_job(feed, i--);
        }
    }
    return 0;
}

/* With nothing running, the last job is what people look for. */
static int show_latest(struct feed *feed)
{
    struct feed_answer answer = {0};
    struct wire_show_in in = {0};
    int r;

    if (feed->n_jobs > 0)
        return 0;
    r = feed_ask(feed, WIRE_SHOW, WIRE_CALL_PLAIN, &in, &answer);
    if (r == 0)
        r = feed_take_jobs(feed, answer.out);
    wire_reply_free(answer.reply);
    if (r > 0 && feed->was_no_such_job)
        feed->problem[0] = '\0';
    return r < 0 ? r : 0;
}

/* One that has ended and was removed stays in the list until somebody looks at it. */
static void forget_removed(struct feed *feed, int64_t number)
{
    for (size_t i = 0; i < feed->n_jobs; i++)
        if (feed->jobs[i].job == number && !feed->jobs[i].is_active && !feed->only) {
            feed_drop_job(feed, i);
            feed->problem[0] = '\0';
            return;
        }
}

static int ask_selected(struct feed *feed, int64_t selected, const char *by)
{
    char number[24];
    const char *jobs[] = {number};
    struct wire_top_in top = {.jobs = jobs, .n_jobs = 1, .k = wire_some_int(FEED_MAX_WORDS), .by = by};
    struct wire_show_in show = {.job = number};
    int r;

    feed->details_of = 0;
    snprintf(number, sizeof(number), "%" PRId64, selected);
    r = feed_ask(feed, WIRE_SHOW, WIRE_CALL_PLAIN, &show, &feed->show);
    if (r > 0 && feed->was_no_such_job) {
        forget_removed(feed, selected);
        return r;
    }
    /* An older daemon may know one of these, and not the other. */
    if (r >= 0)
        r = feed_ask(feed, WIRE_TOP, WIRE_CALL_MORE, &top, &feed->top);
    if (r >= 0)
        feed->details_of = selected;
    return r;
}

void feed_refresh(struct feed *feed, int64_t selected, const char *by)
{
    struct wire_hosts_in hosts = {0};
    int r;

    feed->problem[0] = '\0';
    for (size_t i = 0; i < feed->n_jobs; i++)
        feed->jobs[i].is_listed = false;
    /* What is refused does not keep the rest from being asked. */
    r = feed_ask(feed, WIRE_STATUS, WIRE_CALL_PLAIN, NULL, &feed->status);
    if (r >= 0)
        r = ask_jobs(feed);
    if (r == 0)
        r = look_after_unlisted(feed);
    if (r == 0)
        r = show_latest(feed);
    if (r >= 0)
        r = feed_stream_begin(feed);
    if (r >= 0)
        r = feed_ask(feed, WIRE_HOSTS, WIRE_CALL_MORE, &hosts, &feed->hosts);
    if (r >= 0)
        r = feed_ask(feed, WIRE_WORKERS, WIRE_CALL_PLAIN, NULL, &feed->workers);
    if (r >= 0 && selected != 0)
        r = ask_selected(feed, selected, by);
    if (r == -EINTR)
        client_free(TAKE(feed->calls)); /* its answer would be taken for the next call's */
    else if (r < 0)
        feed_lose(feed, r);
    feed_rate_jobs(feed);
}

void feed_control(struct feed *feed, enum wire_verb verb, int64_t job, char message[static FEED_TEXT])
{
    struct feed_answer answer = {0};
    char number[24];
    const char *jobs[] = {number};
    /* Cancel has the first members of these, and no others. */
    struct wire_pause_in in = {.jobs = jobs, .n_jobs = 1};
    int r;

    snprintf(number, sizeof(number), "%" PRId64, job);
    feed->problem[0] = '\0';
    r = feed_ask(feed, verb, WIRE_CALL_PLAIN, &in, &answer);
    if (r == 0)
        (void)feed_take_jobs(feed, answer.out);
    else if (r == -EINTR)
        client_free(TAKE(feed->calls));
    else if (r < 0)
        feed_lose(feed, r);
    snprintf(message, FEED_TEXT, "%s", feed->problem);
    if (r > 0)
        feed->problem[0] = '\0';
    wire_reply_free(answer.reply);
}

int feed_begin(struct feed *feed, struct context *context, const char *only)
{
    CLEANUP(wire_reply_freep) struct wire_reply *reply = NULL;
    struct wire_show_in in = {.job = only};
    const void *out;
    int r;

    *feed = (struct feed){.context = context, .interrupt_fd = -1, .rated_usec = clock_boottime_usec()};
    /* The first calls are made while mistakes can still be said on stderr. */
    r = only ? call_once(context, WIRE_SHOW, &in, &reply, &out)
             : call_once(context, WIRE_PING, NULL, &reply, &out);
    if (r != 0 || !only)
        return r;
    if (((const struct wire_jobs_out *)out)->n_jobs == 0)
        return call_failed(context, -EPROTO);
    /* The latest of that name may be another one by and by. */
    snprintf(
        feed->number, sizeof(feed->number), "%" PRId64, ((const struct wire_jobs_out *)out)->jobs[0].job);
    feed->only = feed->number;
    return 0;
}

void feed_deinit(struct feed *feed)
{
    struct feed_answer *answers[] = {&feed->status, &feed->workers, &feed->hosts, &feed->top, &feed->show};

    client_free(feed->stream);
    client_free(feed->calls);
    for (size_t i = 0; i < sizeof(answers) / sizeof(answers[0]); i++)
        wire_reply_free(answers[i]->reply);
}
